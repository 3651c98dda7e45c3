/// When lines of progress are due that are not overwritten.
package enum ProgressDistances {
  /// Seconds from the start of a piece of work to its first line, and from each line to the next; the last distance
  /// repeats, and is the longest silence of work that goes on.
  private static let seconds: [Double] = [1, 2, 5, 10, 20, 30, 60]

  /// Seconds to the next line after so many.
  package static func next(after events: Int) -> Double { seconds[min(events, seconds.count - 1)] }
}

/// Progress in a log: a line with the time of day now and then, soon after the start and at growing distances
/// later.
package final class LogProgress: ProgressListener {
  private let timeOfDay: () -> String
  private let write: (String) -> Void

  /// Lines are written to standard error, unless tests say otherwise.
  package init(
    timeOfDay: @escaping () -> String = LogProgress.localTime,
    write: @escaping (String) -> Void = StandardError.write
  ) {
    self.timeOfDay = timeOfDay
    self.write = write
  }

  package func interval(after events: Int) -> Double {
    ProgressDistances.next(after: events)
  }

  package func receive(_ event: ProgressEvent) { write("\(timeOfDay()) \(event.line)\n") }

  /// The time of day here: `09:05:30`.
  package static func localTime() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
  }
}
