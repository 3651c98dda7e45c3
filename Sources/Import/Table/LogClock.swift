import Support

/// Reads the times of a log, and tells which rows lie outside its days.
struct LogClock {
  var times: TimeReader
  /// The seconds of the log's days; nil where every time is one of the log's.
  private let period: Range<Int64>?
  private let days: ClosedRange<CalendarDay>?
  private(set) var outside = LineTally()
  /// The first time outside the days.
  private var firstOutside: Int64?

  init(_ time: Schema.Time, _ days: ClosedRange<CalendarDay>?) {
    times = TimeReader(field: time.column, unit: time.unit, format: time.format, utcOffset: time.utcOffset)
    self.days = days
    period = days?.timestamps(offset: time.utcOffset)
  }

  /// The time of the reader's present record, as fine as it says; nil where it lies outside the days. Where there are
  /// days any number is a time: logs have absurd ones, and those lie outside.
  @inline(__always)
  mutating func time(_ reader: RecordReader, _ slot: Int) throws(MalformedLine) -> LogTime? {
    guard let period else {
      let seconds = try times.seconds(reader.required(slot))
      return LogTime(seconds: seconds, nanoseconds: times.nanoseconds)
    }
    let spelling = try reader.required(slot)
    let seconds: Int64
    if let whole = times.wholeSeconds(spelling) {
      seconds = whole
    } else {
      seconds = try times.anySeconds(spelling)
    }
    if period.contains(seconds) { return LogTime(seconds: seconds, nanoseconds: times.nanoseconds) }
    outside.add(at: reader.lines.number)
    if firstOutside == nil { firstOutside = seconds }
    return nil
  }

  /// The unit in which the first time outside the days would lie within them; nil where there is none.
  var likelyUnit: TimeUnit? {
    guard let period, let firstOutside, times.unit == .seconds else { return nil }
    return [TimeUnit.milliseconds, .microseconds, .nanoseconds].first {
      period.contains(firstOutside / $0.perSecond)
    }
  }

  /// Leaves the rows outside out of the account of a file.
  mutating func account(_ lines: SourceLines) {
    defer { outside = LineTally() }
    guard let days else { return }
    lines.leaveOut("outside the days \(days.lowerBound) to \(days.upperBound)", outside, isExpected: false)
  }
}

extension ClosedRange<CalendarDay> {
  /// The seconds of these days.
  func timestamps(offset: Int64) -> Range<Int64> {
    lowerBound.start(offset: offset)..<upperBound.advanced(by: 1).start(offset: offset)
  }
}
