import Support

/// Which samples train; the others test.
package enum SplitRule: Equatable, Sendable {
  /// Samples up to and at this time train.
  case timestamp(Int64)
  /// The first part of each user's samples in time trains: of n, floor(fraction * n), but at least one. A
  /// positive and its sampled negatives count as one and stay together. Samples of one moment stay
  /// together: a cut among them moves to the nearer end of that moment, the later of two equally near.
  case fraction(Double)

  /// As it stands in the data set's provenance.
  package var text: String {
    switch self {
    case .timestamp(let time): "timestamp <= \(time)"
    case .fraction(let fraction): "first \(fraction) of each user's samples"
    }
  }

  /// Whether a rule with this text has a part of each user's samples train.
  static func isFraction(_ text: String) -> Bool { text.hasPrefix("first ") }

  /// The text where samples went from parts that a rule with the text `rule` made, so that its shares hold no more.
  static func kept(_ rule: String) -> String {
    let prefix = "parts kept of: "
    return rule.hasPrefix(prefix) ? rule : prefix + rule
  }

  /// The rule by which the last `days` days up to that of the time `last` test, in a time zone `offset` seconds ahead of
  /// UTC.
  static func lastDays(_ days: Int, upTo last: Int64, offset: Int64 = 0) -> SplitRule {
    let first = CalendarDay(of: last, offset: offset).advanced(by: 1 - days)
    return .timestamp(max(first.start(offset: offset) - 1, 0))
  }

  func check() throws(ImportError) {
    switch self {
    case .fraction(let fraction):
      guard !(fraction > 0 && fraction < 1) else { return }
      throw .option(name: "split fraction", value: "\(fraction)", allowed: "above 0 and below 1")
    case .timestamp(let time):
      let allowed = InteractionLog.timestamps
      guard !allowed.contains(time) else { return }
      throw .option(
        name: "split time", value: "\(time)",
        allowed: "seconds since 1970, 0 to \(allowed.upperBound)"
          + (time > allowed.upperBound ? "; this looks like milliseconds or microseconds" : ""))
    }
  }

  /// How many of the samples at `times`, which do not fall, train.
  @inline(__always)
  func trainingCount(_ times: UnsafeBufferPointer<Int64>) -> Int {
    switch self {
    case .timestamp(let last):
      var count = times.count
      while count > 0 && times[count - 1] > last { count -= 1 }
      return count
    case .fraction(let fraction):
      if times.count == 0 { return 0 }
      // 0.29 * 100 is 28.999...: what is meant is the whole number.
      let wanted = max(1, Int(fraction * Double(times.count) + 1e-9))
      if wanted == times.count || times[wanted] != times[wanted - 1] { return wanted }
      var start = wanted
      while start > 0 && times[start - 1] == times[wanted] { start -= 1 }
      var end = wanted
      while end < times.count && times[end] == times[wanted] { end += 1 }
      return wanted - start < end - wanted ? start : end
    }
  }
}
