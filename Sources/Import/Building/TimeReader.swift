import Support

/// The unit of a log's times.
package enum TimeUnit: String, CaseIterable, Sendable {
  case seconds = "s"
  case milliseconds = "ms"
  case microseconds = "us"
  case nanoseconds = "ns"
  /// Dates such as `2017-11-25T13:00:00Z`.
  case dates = "iso8601"

  var name: String { "\(self)" }

  /// How many make a second; 1 for dates.
  var perSecond: Int64 {
    switch self {
    case .seconds, .dates: 1
    case .milliseconds: 1000
    case .microseconds: 1_000_000
    case .nanoseconds: 1_000_000_000
    }
  }
}

/// Reads the times of a file as whole seconds since 1970, with the fraction beside them.
///
/// The unit is given, or told by the first time: numbers above the year 9999 in seconds are milliseconds,
/// microseconds or nanoseconds. It holds for the whole file, so that one bad value changes no other.
package struct TimeReader {
  let field: String
  /// As strptime takes it; nil where times are numbers or ISO 8601.
  private let format: TimeFormat?
  /// Seconds that dates without a zone are ahead of UTC.
  private let utcOffset: Int64
  /// Nil until the first time has told it.
  package private(set) var unit: TimeUnit?
  let isGiven: Bool
  /// The fraction of the second of the time read last.
  package private(set) var nanoseconds: Int32 = 0
  /// Times with a fraction of a second.
  package private(set) var fractions = 0
  /// 1979-01-01, in seconds: earlier times are hardly those of a log.
  static let firstLikely: Int64 = 283_996_800
  /// Times that are in range as seconds, but not likely in the file's unit: before 1979.
  private(set) var early = 0

  package init(
    field: String, unit: TimeUnit? = nil, format: TimeFormat? = nil, utcOffset: Int64 = 0
  ) {
    self.field = field
    self.unit = unit
    self.format = format
    self.utcOffset = utcOffset
    isGiven = unit != nil || format != nil
  }

  /// The time that `spelling` says. Throws where it says none, or one outside `InteractionLog.timestamps`.
  @inline(__always)
  package mutating func seconds(_ spelling: Bytes) throws(MalformedLine) -> Int64 {
    if let value = wholeSeconds(spelling) ?? usualDate(spelling), InteractionLog.timestamps.contains(value) {
      nanoseconds = 0
      return value
    }
    let value = try anySeconds(spelling)
    guard InteractionLog.timestamps.contains(value) else { throw outOfRange(spelling, value) }
    return value
  }

  /// The number that `spelling` is, where the file's times are in seconds; nil for anything else.
  @inline(__always)
  mutating func wholeSeconds(_ spelling: Bytes) -> Int64? {
    guard unit == .seconds, let value = spelling.wholeNumber else { return nil }
    nanoseconds = 0
    return value
  }

  /// The time that `spelling` is, where the file's times are dates and it is written as most are; nil for anything else.
  @inline(__always)
  private func usualDate(_ spelling: Bytes) -> Int64? {
    guard unit == .dates, format == nil, let value = TimeReader.usualDate(spelling) else { return nil }
    return spelling.count == 20 ? value : value - utcOffset
  }

  /// As `seconds`, and also times outside that range.
  @inline(never)
  mutating func anySeconds(_ spelling: Bytes) throws(MalformedLine) -> Int64 {
    let text = spelling.trimmed
    if let format {
      guard let time = format.time(text, utcOffset: utcOffset) else {
        throw .notInFormat(field: field, text: spelling.excerpt, format: format.text)
      }
      return note(time.seconds, time.nanoseconds)
    }
    let unit: TimeUnit
    if let known = self.unit { unit = known } else { unit = try TimeReader.unit(of: text, field) }
    var (value, fraction) = (Int64(0), Int32(0))
    if unit == .dates {
      guard let time = TimeReader.date(text) else {
        throw text.decimalNumber != nil ? otherTime(spelling, isDate: false) : notATime(spelling)
      }
      value = time.seconds - (time.hasZone ? 0 : utcOffset)
      fraction = time.nanoseconds
    } else if let whole = text.wholeNumber {
      value = TimeReader.quotient(whole, unit.perSecond)
      fraction = Int32((whole &- value &* unit.perSecond) * (1_000_000_000 / unit.perSecond))
    } else if let number = text.decimalNumber, number.isFinite, abs(number) < 9e18 {
      // An exponent (1.3698e+09) is how programs round a time to a few digits.
      if text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
        throw .roundedTime(field: field, text: spelling.excerpt)
      }
      let time = number / Double(unit.perSecond)
      value = Int64(time.rounded(.down))
      fraction = Int32(min(((time - time.rounded(.down)) * 1e9).rounded(), 999_999_999))
    } else {
      throw TimeReader.date(text) != nil ? otherTime(spelling, isDate: true) : notATime(spelling)
    }
    if unit != .seconds && unit != .dates && value < TimeReader.firstLikely { early += 1 }
    self.unit = unit
    return note(value, fraction)
  }

  private mutating func note(_ seconds: Int64, _ fraction: Int32) -> Int64 {
    nanoseconds = fraction
    if fraction != 0 { fractions += 1 }
    return seconds
  }

  /// What the account says of a unit that was told by the first time.
  var guess: String? {
    guard !isGiven, let unit, unit != .seconds else { return nil }
    return "times are \(unit.name), as the first one is"
  }

  private func notATime(_ spelling: Bytes) -> MalformedLine {
    .notATime(field: field, text: spelling.excerpt, format: TimeFormat.fitting(spelling.trimmed))
  }

  private func otherTime(_ spelling: Bytes, isDate: Bool) -> MalformedLine {
    .otherTime(
      field: field, text: spelling.excerpt, isDate: isDate, unit: unit?.name ?? "", isGiven: isGiven)
  }

  private func outOfRange(_ spelling: Bytes, _ seconds: Int64) -> MalformedLine {
    if seconds < 0 {
      return .outOfRange(
        field: field, text: spelling.excerpt, allowed: "times before 1970 cannot be kept")
    }
    let last = InteractionLog.timestamps.upperBound
    var allowed = "seconds since 1970, 0 to \(last)"
    if unit == .seconds, let value = spelling.trimmed.wholeNumber, value > last {
      let likely = TimeReader.unit(of: Double(value)).rawValue
      allowed +=
        isGiven
        ? "; the unit is given as s, and this looks like \(likely)"
        : "; the file's first time is in seconds, and this is not"
    }
    return .outOfRange(field: field, text: spelling.excerpt, allowed: allowed)
  }

  private static func unit(of text: Bytes, _ field: String) throws(MalformedLine) -> TimeUnit {
    guard let number = text.decimalNumber, number.isFinite else {
      if date(text) != nil { return .dates }
      throw .notATime(field: field, text: text.excerpt, format: TimeFormat.fitting(text))
    }
    return unit(of: number)
  }

  /// The unit in which `number` is a time before the year 10,000.
  private static func unit(of number: Double) -> TimeUnit {
    let last = Double(InteractionLog.timestamps.upperBound)
    if number <= last { return .seconds }
    if number <= last * 1e3 { return .milliseconds }
    return number <= last * 1e6 ? .microseconds : .nanoseconds
  }

  /// `value / divisor` rounded down.
  private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
