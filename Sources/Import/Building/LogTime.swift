/// When a row of a log happened, as finely as its file says. Data sets keep the seconds; the order of rows, and so what
/// comes before what, is that of the whole time.
struct LogTime: Comparable {
  /// Since 1970.
  var seconds: Int64
  var nanoseconds: Int32 = 0

  /// After every time of a log.
  static let never = LogTime(seconds: .max)

  @inline(__always)
  static func < (left: LogTime, right: LogTime) -> Bool {
    left.seconds == right.seconds ? left.nanoseconds < right.nanoseconds : left.seconds < right.seconds
  }
}
