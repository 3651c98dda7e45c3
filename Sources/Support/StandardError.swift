#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard error, unbuffered, one system call per text: lines of several ranks do not tear each other.
public enum StandardError {
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        #if canImport(Darwin)
          let written = Darwin.write(2, bytes.baseAddress! + start, bytes.count - start)
        #elseif canImport(Musl)
          let written = Musl.write(2, bytes.baseAddress! + start, bytes.count - start)
        #else
          let written = Glibc.write(2, bytes.baseAddress! + start, bytes.count - start)
        #endif
        if written <= 0 { return }
        start += written
      }
    }
  }

  /// What `error` says on one line, however much of a damaged file it quotes: ends of lines as `; `, characters
  /// that move a terminal's cursor as escapes, and not without end.
  public static func line(_ error: any Error) -> String {
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
