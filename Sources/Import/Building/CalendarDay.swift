import Support

/// A day of the proleptic Gregorian calendar, in a time zone that the context gives.
package struct CalendarDay: Comparable, Hashable, Sendable, CustomStringConvertible {
  package static let seconds: Int64 = 86_400

  /// Days since 1970-01-01.
  package var number: Int64

  package init(number: Int64) { self.number = number }

  /// The day of `timestamp`, seconds since 1970, in a time zone `offset` seconds ahead of UTC.
  @inline(__always)
  package init(of timestamp: Int64, offset: Int64) {
    let local = timestamp + offset
    let days = local / CalendarDay.seconds
    number = local % CalendarDay.seconds < 0 ? days - 1 : days
  }

  /// The day that `text` spells as `2017-11-25`; nil for anything else and for days that do not exist.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Nil for a day that does not exist; years from 0 to 9999.
  init?(year: Int64, month: Int64, day: Int64) {
    guard (0...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    if day > 28 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      // 31 and 30 days in turn, and again from August on.
      guard day <= (month == 2 ? (isLeap ? 29 : 28) : 30 + (month + month / 8) % 2) else { return nil }
    }
    // Years that begin in March end in the leap day. They are counted from -400 on, so that none is negative: 146097 days
    // before 0000-03-01, from which 719468 lead to 1970-01-01.
    let shifted = UInt32(truncatingIfNeeded: month > 2 ? year + 400 : year + 399)
    let (century, months) = (shifted / 100, UInt32(truncatingIfNeeded: month > 2 ? month - 3 : month + 9))
    let days = shifted * 365 + shifted / 4 - century + century / 4 + (153 * months + 2) / 5
    number = Int64(days) + day - (1 + 146_097 + 719_468)
  }

  package static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }

  /// The day `days` later.
  package func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + Int64(days)) }

  /// The first second of the day in a time zone `offset` seconds ahead of UTC.
  package func start(offset: Int64) -> Int64 { number * CalendarDay.seconds - offset }

  /// The year, the month from 1 on and the day of the month from 1 on.
  var parts: (year: Int64, month: Int64, day: Int64) {
    let days = number + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// `2017-11-25`.
  package var description: String {
    let (year, month, day) = parts
    func padded(_ value: Int64, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - "\(value)".count)) + "\(value)"
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
