/// How far a piece of work is at one moment: the same for a terminal, a log and every other
/// `ProgressListener`.
package struct ProgressEvent: Sendable, Equatable {
  /// What is being done: `fine-tuning`, `epoch 1/2`.
  package var work: String
  /// What is counted, in the plural: `users`, `steps`, `MB`.
  package var unit: String
  /// Units done so far, and of how many; the latter is nil where it is not known before the end.
  package var done: Double
  package var total: Double?
  /// How many of `done` an earlier run had done, before this one went on.
  package var earlier: Double
  /// Seconds since the start of this work.
  package var seconds: Double
  /// The estimated seconds to the end; nil where nothing tells, and in the last event.
  package var secondsLeft: Double?
  /// Numbers worth a look, for example the loss.
  package var measures: [ProgressMeasure]
  /// Anything else, for people alone.
  package var note: String
  /// Whether the work is over.
  package var isLast: Bool

  package init(
    work: String, unit: String, done: Double, total: Double? = nil, earlier: Double = 0, seconds: Double,
    secondsLeft: Double? = nil, measures: [ProgressMeasure] = [], note: String = "", isLast: Bool = false
  ) {
    self.work = work
    self.unit = unit
    self.done = done
    self.total = total
    self.earlier = earlier
    self.seconds = seconds
    self.secondsLeft = secondsLeft
    self.measures = measures
    self.note = note
    self.isLast = isLast
  }

  /// Units per second since the start, of work that took at least a millisecond.
  package var rate: Double { (done - earlier) / max(seconds, 1e-3) }

  /// The event for people, on one line. What matters least is at the end.
  package var line: String {
    var text = "\(work): \(ProgressEvent.amount(done))"
    if isLast {
      let what = done == 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
      let own = earlier > 0 ? ", \(ProgressEvent.amount(done - earlier)) of them" : ""
      text += " \(what)\(own) in \(durationText(seconds)), \(ProgressEvent.short(rate)) \(unit)/s"
    } else {
      if let total { text += "/\(ProgressEvent.amount(total))" }
      text += " \(unit), \(ProgressEvent.short(rate)) \(unit)/s"
      if let secondsLeft { text += ", \(durationText(secondsLeft)) left" }
    }
    return ([text] + measures.map(\.text) + (note.isEmpty ? [] : [note])).joined(separator: ", ")
  }

  /// A count as it is, anything else with one digit after the point.
  private static func amount(_ value: Double) -> String {
    value == value.rounded() ? text(value, 0) : text(value, 1)
  }

  private static func short(_ rate: Double) -> String { text(rate, rate >= 100 ? 0 : 1) }
}
