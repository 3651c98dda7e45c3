/// Why a call of the operating system on a file failed.
package enum SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `action` ("open", "rename", ...) failed with `code` of errno.
  case failed(file: String, action: String, code: Int32)
  /// A folder, a device or a pipe stands where a file is expected.
  case notAFile(file: String)

  package var description: String {
    switch self {
    case .failed(let file, let action, let code):
      "\(quoted(file)): cannot \(action): \(String(cString: strerror(code)))"
    case .notAFile(let file): "\(quoted(file)): not a regular file"
    }
  }
}

/// Text from a file or a user on one line: control characters as escapes, and at most 1,000 characters.
package func quoted(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(1000) {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format:
      result += scalar == "\n" ? " " : "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
