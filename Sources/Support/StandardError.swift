import Synchronization

/// Standard error, unbuffered, with one system call per text, so that lines of several ranks do not mix.
package enum StandardError {
  /// Whether the cursor of a terminal stands at the end of a line that `rewriteLine` wrote.
  private static let hasOpenLine = Atomic<Bool>(false)

  /// Writes `text`, on a new line if the last one is still being rewritten.
  package static func write(_ text: String) {
    let isOpen = hasOpenLine.exchange(false, ordering: .relaxed)
    _ = writeAll(isOpen ? "\n\(text)" : text, to: 2)
  }

  /// Ends a terminal's line after the ^C that it shows at an interrupt, so that what is written next stands on one of
  /// its own. Safe in a signal handler.
  static func endInterruptedLine() {
    guard isatty(2) == 1 else { return }
    hasOpenLine.store(false, ordering: .relaxed)
    _ = writeAll("\n", to: 2)
  }

  /// The same where a launcher passes on what this process writes, on the terminal that it was started from, if any. Safe
  /// in a signal handler.
  static func endLaunchersLine() {
    guard isatty(2) == 0 else { return }
    let terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK)
    guard terminal >= 0 else { return }
    _ = writeAll("\n", to: terminal)
    close(terminal)
  }

  /// Puts `text` in the place of the terminal's current line; `isLast` ends the line. `text` must be as long
  /// as what it replaces.
  package static func rewriteLine(_ text: String, isLast: Bool) {
    hasOpenLine.store(!isLast, ordering: .relaxed)
    _ = writeAll("\r\(text)\(isLast ? "\n" : "")", to: 2)
  }

  /// What `error` says, on one line of limited length, however much of a damaged file it quotes: ends of
  /// lines become `; `, and characters that move a terminal's cursor become escapes.
  package static func line(_ error: any Error) -> String {
    let lines = "\(error)".prefix(longestLine + 1).split(whereSeparator: \.isNewline).joined(separator: "; ")
    var line = ""
    for scalar in lines.unicodeScalars {
      if line.utf8.count >= longestLine { return line + "..." }
      line += escaped(scalar)
    }
    return line
  }

  private static let longestLine = 3000
}
