import Support

/// Keeps the events of some work, in a time of its own.
final class RecordingListener: ProgressListener {
  private(set) var events: [ProgressEvent] = []
  private let intervals: [Double]

  /// `intervals` are the seconds to the first event, to the second and so on; the last one repeats.
  init(_ intervals: Double...) { self.intervals = intervals }

  func interval(after events: Int) -> Double { intervals[min(events, intervals.count - 1)] }
  func receive(_ event: ProgressEvent) { events.append(event) }
}

/// A clock that stands still until it is moved, and counts how often it is read.
final class TestClock {
  var now: Double
  private(set) var readings = 0

  init(_ now: Double = 1000) { self.now = now }

  func read() -> Double {
    readings += 1
    return now
  }
}
