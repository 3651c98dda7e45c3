/// Text from a file or a user, for one line of a message: control characters as escapes, and at most 1,000
/// characters.
package func quoted(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(1000) { result += scalar == "\n" ? " " : escaped(scalar) }
  return result
}

/// A character that would move a terminal's cursor, or hide what comes after it, as an escape (`\\u{1b}`);
/// any other as it is.
func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator, .format: "\\u{\(String(scalar.value, radix: 16))}"
  default: String(scalar)
  }
}
