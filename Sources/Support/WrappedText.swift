/// `text` in lines of at most `width` columns, cut at blanks; a longer word has a line of its own.
package func wrapped(_ text: String, width: Int) -> String {
  var lines: [String] = []
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    if let last = lines.last, terminalColumns(last) + 1 + terminalColumns(String(word)) <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines.joined(separator: "\n")
}
