/// Progress in a log: a line with the time of day now and then, soon after the start and at growing distances
/// later.
package final class LogProgress: ProgressListener {
  private let timeOfDay: () -> String
  private let write: (String) -> Void

  /// Seconds from the start to the first line, and from each line to the next; the last distance repeats.
  private static let distances: [Double] = [1, 2, 5, 10, 20, 30, 60]

  /// Lines are written to standard error, unless tests say otherwise.
  package init(
    timeOfDay: @escaping () -> String = LogProgress.localTime,
    write: @escaping (String) -> Void = StandardError.write
  ) {
    self.timeOfDay = timeOfDay
    self.write = write
  }

  package func interval(after events: Int) -> Double {
    LogProgress.distances[min(events, LogProgress.distances.count - 1)]
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
