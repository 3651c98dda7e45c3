/// One rank's time by phase and, if a timeline is wanted, when each phase began and how long it took.
///
/// Always on: a phase costs one reading of the clock and one addition. The events of a timeline are in rings
/// of fixed size, which keep the latest; nothing is allocated after `keepEvents`. For one thread only.
package final class PhaseClock {
  /// A phase that has ended, in seconds of this rank's steady clock.
  package struct Event: BitwiseCopyable, Sendable {
    package var start: Double
    package var duration: Double
    package var phase: UInt8

    package init(start: Double, duration: Double, phase: UInt8) {
      self.start = start
      self.duration = duration
      self.phase = phase
    }
  }

  private let totals: UnsafeMutablePointer<Double>
  /// One ring per kind of phase, and how many events have been recorded in each so far, lost ones included.
  private let rings: UnsafeMutablePointer<UnsafeMutableBufferPointer<Event>>
  private let counts: UnsafeMutablePointer<Int>
  package private(set) var keepsEvents = false

  package init() {
    totals = .allocate(capacity: Phase.allCases.count)
    totals.initialize(repeating: 0, count: Phase.allCases.count)
    let kinds = Phase.Kind.allCases.count
    rings = .allocate(capacity: kinds)
    rings.initialize(repeating: UnsafeMutableBufferPointer(start: nil, count: 0), count: kinds)
    counts = .allocate(capacity: kinds)
    counts.initialize(repeating: 0, count: kinds)
  }

  deinit {
    totals.deallocate()
    for kind in Phase.Kind.allCases { rings[kind.rawValue].deallocate() }
    rings.deallocate()
    counts.deallocate()
  }

  /// Keeps the last `capacity` events from now on, a quarter of them for each kind.
  package func keepEvents(_ capacity: Int) {
    for kind in Phase.Kind.allCases {
      rings[kind.rawValue].deallocate()
      rings[kind.rawValue] = .allocate(capacity: max(1, capacity / Phase.Kind.allCases.count))
      counts[kind.rawValue] = 0
    }
    keepsEvents = true
  }

  /// Events that the rings have lost.
  package var droppedCount: Int {
    Phase.Kind.allCases.reduce(0) { $0 + max(0, counts[$1.rawValue] - rings[$1.rawValue].count) }
  }

  /// The steady clock, in seconds.
  @inline(__always)
  package func now() -> Double { steadySeconds() }

  /// Ends a phase that began at `start`. Returns the time of now, at which the next phase may begin.
  @discardableResult
  package func end(_ phase: Phase, since start: Double) -> Double {
    let end = now()
    record(phase, start: start, duration: end - start)
    return end
  }

  package func record(_ phase: Phase, start: Double, duration: Double) {
    totals[Int(phase.rawValue)] += duration
    guard keepsEvents else { return }
    let kind = phase.kind.rawValue
    rings[kind].initializeElement(
      at: counts[kind] % rings[kind].count,
      to: Event(start: start, duration: duration, phase: phase.rawValue))
    counts[kind] += 1
  }

  /// Runs `body` as one `phase`.
  package func measure<Value>(_ phase: Phase, _ body: () throws -> Value) rethrows -> Value {
    let start = now()
    defer { end(phase, since: start) }
    return try body()
  }

  /// Seconds spent in `phase` so far.
  package func seconds(_ phase: Phase) -> Double { totals[Int(phase.rawValue)] }

  /// The events kept; of each kind in the order in which they ended.
  package func events() -> [Event] {
    Phase.Kind.allCases.flatMap { kind in
      let (ring, count) = (rings[kind.rawValue], counts[kind.rawValue])
      return (count - min(count, ring.count)..<count).map { ring[$0 % ring.count] }
    }
  }
}
