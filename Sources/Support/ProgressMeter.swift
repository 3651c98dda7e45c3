/// Tells on standard error how far a piece of work is, how fast it goes and how long it will take: one line
/// that is rewritten on a terminal, plain lines now and then in a log.
package final class ProgressMeter {
  private let label: String
  private let unit: String
  private let total: Double?
  private let interactive: Bool
  private let start = steadySeconds()
  private var lastLine: Double
  private var lastLength = 0

  /// Seconds between lines.
  private var interval: Double { interactive ? 0.2 : 15 }

  /// `total` is nil where the amount of work is not known before its end.
  package init(_ label: String, unit: String, total: Double?) {
    self.label = label
    self.unit = unit
    self.total = total
    interactive = isatty(2) == 1
    lastLine = interactive ? 0 : start
  }

  /// Seconds since the meter was made.
  package var elapsed: Double { steadySeconds() - start }

  /// `done` units are done; `note` is what else is worth a look, for example the loss. Cheap enough to be
  /// called after every step.
  package func update(_ done: Double, note: @autoclosure () -> String = "") {
    let now = steadySeconds()
    guard now - lastLine >= interval else { return }
    lastLine = now
    write(describe(done, note()), final: false)
  }

  /// The last line: what was done and in what time.
  package func finish(_ done: Double, note: String = "") {
    let rate = done / max(elapsed, 1e-9)
    let text =
      "\(label): \(ProgressMeter.amount(done)) \(unit) in \(ProgressMeter.duration(elapsed)), \(ProgressMeter.short(rate)) \(unit)/s"
    write(text + (note.isEmpty ? "" : ", \(note)"), final: true)
  }

  private func describe(_ done: Double, _ note: String) -> String {
    let rate = done / max(elapsed, 1e-9)
    var text = "\(label): \(ProgressMeter.amount(done))"
    if let total { text += "/\(ProgressMeter.amount(total))" }
    text += " \(unit), \(ProgressMeter.short(rate)) \(unit)/s"
    if let total, done > 0, done <= total {
      text += ", \(ProgressMeter.duration((total - done) / rate)) left"
    }
    return text + (note.isEmpty ? "" : ", \(note)")
  }

  private func write(_ text: String, final: Bool) {
    if interactive {
      let padding = String(repeating: " ", count: max(0, lastLength - text.count))
      lastLength = text.count
      StandardError.write("\r\(text)\(padding)\(final ? "\n" : "")")
    } else {
      StandardError.write("\(text)\n")
    }
  }

  /// A count as it is, anything else with one digit after the point.
  static func amount(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\((value * 10).rounded() / 10)"
  }

  static func short(_ rate: Double) -> String {
    rate >= 100 ? "\(Int(rate.rounded()))" : "\((rate * 10).rounded() / 10)"
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

}
