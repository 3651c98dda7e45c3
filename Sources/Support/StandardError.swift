/// Standard error, unbuffered, one system call per text: lines of several ranks do not tear each other.
package enum StandardError {
  package static func write(_ text: String) { _ = writeAll(text, to: 2) }

  /// What `error` says on one line, however much of a damaged file it quotes: ends of lines as `; `, characters
  /// that move a terminal's cursor as escapes, and not without end.
  package static func line(_ error: any Error) -> String {
    let lines = "\(error)".prefix(longestLine + 1).split(whereSeparator: \.isNewline).joined(separator: "; ")
    var line = ""
    for scalar in lines.unicodeScalars {
      if line.utf8.count >= longestLine { return line + "..." }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        line += "\\u{\(String(scalar.value, radix: 16))}"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  private static let longestLine = 3000
}
