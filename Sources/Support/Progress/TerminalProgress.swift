/// Progress on a terminal: one line that is rewritten in place, and stays when the work is over.
package final class TerminalProgress: ProgressListener {
  private let width: () -> Int
  private let rewriteLine: (_ text: String, _ isLast: Bool) -> Void
  /// Columns of the line that stands on the terminal.
  private var shown = 0

  /// The line is written to standard error, unless tests say otherwise.
  package init(
    width: @escaping () -> Int = TerminalProgress.terminalWidth,
    rewriteLine: @escaping (_ text: String, _ isLast: Bool) -> Void = StandardError.rewriteLine
  ) {
    self.width = width
    self.rewriteLine = rewriteLine
  }

  package func interval(after events: Int) -> Double { events == 0 ? 0 : 0.2 }

  /// A line that is rewritten must not wrap, or each rewriting would leave a piece of it; so it is cut to the
  /// width of the terminal. The last line may wrap.
  package func receive(_ event: ProgressEvent) {
    let text = event.isLast ? event.line : TerminalProgress.cut(event.line, to: width() - 1)
    let columns = terminalColumns(text)
    rewriteLine(text + String(repeating: " ", count: max(0, shown - columns)), event.isLast)
    shown = event.isLast ? 0 : columns
  }

  /// The columns of the terminal at standard error; 80 where the system does not tell.
  package static func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func cut(_ text: String, to width: Int) -> String {
    var left = width
    return String(
      text.prefix { character in
        left -= terminalColumns(character)
        return left >= 0
      })
  }
}
