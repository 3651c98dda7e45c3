/// A piece of work whose progress is reported, begun by `ProgressFeed.start`.
package final class ProgressTask {
  private struct Recipient {
    let listener: any ProgressListener
    var events = 0
    /// When it wants the next event.
    var due: Double
  }

  private let work: String
  private let unit: String
  private let total: Double?
  private let earlier: Double
  private let totalCost: Double?
  private let clock: () -> Double
  private let start: Double
  private var recipients: [Recipient]
  /// When the first of the recipients wants an event.
  private var due = Double.infinity

  init(
    _ work: String, unit: String, total: Double?, earlier: Double, totalCost: Double?,
    _ listeners: [any ProgressListener], _ clock: @escaping () -> Double
  ) {
    self.work = work
    self.unit = unit
    self.total = total
    self.earlier = earlier
    self.totalCost = totalCost
    self.clock = clock
    let start = clock()
    self.start = start
    recipients = listeners.map { Recipient(listener: $0, due: start + $0.interval(after: 0)) }
    due = recipients.lazy.map(\.due).min() ?? .infinity
  }

  /// Tells that `done` units are done, the earlier ones among them, at the given `cost`. `measures` and `note` are anything else worth a look.
  ///
  /// Cheap enough for every training step: it reads the clock once, and does nothing more unless a listener
  /// waits for an event.
  package func update(
    _ done: Double, cost: Double? = nil, measures: @autoclosure () -> [ProgressMeasure] = [],
    note: @autoclosure () -> String = ""
  ) {
    guard due < .infinity else { return }
    let now = clock()
    guard now >= due else { return }
    let left = secondsLeft(done, cost, elapsed: now - start)
    let event = event(done, now, secondsLeft: left, measures(), note())
    for index in recipients.indices where recipients[index].due <= now {
      recipients[index].events += 1
      recipients[index].due = now + recipients[index].listener.interval(after: recipients[index].events)
      recipients[index].listener.receive(event)
    }
    due = recipients.lazy.map(\.due).min() ?? .infinity
  }

  /// Tells that the work is over; every listener gets this event. Nothing is reported afterwards.
  package func finish(_ done: Double, measures: [ProgressMeasure] = [], note: String = "") {
    var event = event(done, clock(), secondsLeft: nil, measures, note)
    event.isLast = true
    for recipient in recipients { recipient.listener.receive(event) }
    recipients = []
    due = .infinity
  }

  /// The same, but to those alone who have heard of the work before: for what mostly takes no time.
  package func finishIfTold(_ done: Double) {
    recipients.removeAll { $0.events == 0 }
    finish(done)
  }

  private func event(
    _ done: Double, _ now: Double, secondsLeft: Double?, _ measures: [ProgressMeasure], _ note: String
  ) -> ProgressEvent {
    ProgressEvent(
      work: work, unit: unit, done: done, total: total, earlier: earlier, seconds: now - start,
      secondsLeft: secondsLeft, measures: measures, note: note)
  }

  /// The time so far, scaled from what is done to what is left: by cost where it is known, else by count.
  private func secondsLeft(_ done: Double, _ cost: Double?, elapsed: Double) -> Double? {
    var (part, whole) = (done - earlier, total.map { $0 - earlier })
    if let cost, let totalCost { (part, whole) = (cost, totalCost) }
    guard let whole, part > 0 else { return nil }
    let seconds = elapsed * max(0, whole - part) / part
    return seconds.isFinite ? seconds : nil
  }
}
