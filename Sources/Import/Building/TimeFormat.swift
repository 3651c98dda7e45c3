/// A pattern of times as strptime(3) has it: `%d/%b/%Y %H:%M:%S`, `%y%m%d%H`.
///
/// `%Y` four digits, `%y` two (69 to 99 are 1969 to 1999), `%m`, `%d` or `%e`, `%H`, `%I` with `%p`, `%M`, `%S`,
/// `%f` a fraction of the second, `%b` or `%B` an English name of a month, `%a` or `%A` one of a day of the week, which is
/// passed over, `%z` a zone, `%F` for `%Y-%m-%d`, `%T` for `%H:%M:%S`, `%%` a percent sign. A space takes any space.
/// Anything else stands for itself.
package struct TimeFormat: Equatable, Sendable {
  package let text: String
  private let parts: [Part]

  private enum Part: Equatable {
    /// A directive by its letter.
    case directive(UInt8)
    case byte(UInt8)
    case space
  }

  private static let letters = Array("YymdeHIpMSfbBzaA%".utf8)

  /// All directives, as a message lists them.
  static let directives = "%Y %y %m %b %B %d %e %F %H %I %p %M %S %T %f %z %a %A and %%"

  /// Nil where `text` has a directive that is not known, or no day.
  package init?(_ text: String) {
    self.text = text
    let whole = text.replacing("%F", with: "%Y-%m-%d").replacing("%T", with: "%H:%M:%S")
    var parts: [Part] = []
    var bytes = whole.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == UInt8(ascii: " ") {
        parts.append(.space)
      } else if byte != UInt8(ascii: "%") {
        parts.append(.byte(byte))
      } else {
        guard let letter = bytes.next(), TimeFormat.letters.contains(letter) else { return nil }
        parts.append(letter == UInt8(ascii: "%") ? .byte(letter) : .directive(letter))
      }
    }
    func has(_ letters: String) -> Bool { letters.utf8.contains { parts.contains(.directive($0)) } }
    guard has("Yy"), has("mbB"), has("de"), !has("I") || has("p") else { return nil }
    self.parts = parts
  }

  /// Seconds since 1970 and what is more in nanoseconds; nil where `text` is not in the format or names no time.
  /// - Parameter utcOffset: seconds that a time without `%z` is ahead of UTC.
  package func time(_ text: Bytes, utcOffset: Int64) -> (seconds: Int64, nanoseconds: Int32)? {
    var scan = Scan(text: text)
    var (year, month, day) = (Int64(1970), Int64(1), Int64(1))
    var (hour, minute, second, zone) = (Int64(0), Int64(0), Int64(0), utcOffset)
    var (isAfternoon, nanoseconds) = (Bool?.none, Int64(0))
    for part in parts {
      switch part {
      case .space: scan.skipSpace()
      case .byte(let byte): guard scan.pass(byte) else { return nil }
      case .directive(let letter):
        switch letter {
        case UInt8(ascii: "Y"): year = scan.year()
        case UInt8(ascii: "y"):
          let short = scan.number(2)
          year = short < 69 ? 2000 + short : 1900 + short
        case UInt8(ascii: "m"): month = scan.number(2)
        case UInt8(ascii: "d"): day = scan.number(2)
        case UInt8(ascii: "e"):
          scan.skipSpace()
          day = scan.number(2)
        case UInt8(ascii: "H"), UInt8(ascii: "I"): hour = scan.number(2)
        case UInt8(ascii: "M"): minute = scan.number(2)
        case UInt8(ascii: "S"): second = scan.number(2)
        case UInt8(ascii: "f"): nanoseconds = scan.fraction()
        case UInt8(ascii: "p"): isAfternoon = scan.isAfternoon()
        case UInt8(ascii: "z"): zone = scan.zone()
        case UInt8(ascii: "a"), UInt8(ascii: "A"): scan.passDay()
        default: month = scan.month()
        }
      }
      if scan.hasFailed { return nil }
    }
    if let isAfternoon {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    guard scan.isAtEnd, hour < 24, minute < 60, second <= 60,
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    return (date.start(offset: zone) + hour * 3600 + minute * 60 + second, Int32(nanoseconds))
  }

  /// A walk over a text; after a failure its results mean nothing.
  private struct Scan {
    let text: Bytes
    var index = 0
    var hasFailed = false

    init(text: Bytes) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func skipSpace() {
      while index < text.count && (text[index] == 0x20 || text[index] == 0x09) { index += 1 }
    }

    mutating func pass(_ byte: UInt8) -> Bool {
      guard index < text.count, text[index] == byte else { return false }
      index += 1
      return true
    }

    /// One to `digits` digits.
    mutating func number(_ digits: Int) -> Int64 {
      var value: Int64 = 0
      let start = index
      while index < text.count, index - start < digits, text[index] >= 0x30, text[index] <= 0x39 {
        value = value * 10 + Int64(text[index] - 0x30)
        index += 1
      }
      if index == start { hasFailed = true }
      return value
    }

    /// Four digits.
    mutating func year() -> Int64 {
      let start = index
      let value = number(4)
      if index - start != 4 { hasFailed = true }
      return value
    }

    /// One to nine digits after the point, as billionths.
    mutating func fraction() -> Int64 {
      let start = index
      var value = number(9)
      for _ in index - start..<9 { value *= 10 }
      return value
    }

    private mutating func word() -> String {
      let start = index
      while index < text.count, text[index] | 0x20 >= 0x61, text[index] | 0x20 <= 0x7A { index += 1 }
      return String(decoding: text[start..<index], as: UTF8.self).lowercased()
    }

    mutating func isAfternoon() -> Bool {
      let word = word()
      if word != "am" && word != "pm" { hasFailed = true }
      return word == "pm"
    }

    /// A name of a day of the week.
    mutating func passDay() {
      _ = name(among: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
    }

    mutating func month() -> Int64 {
      let place = name(among: [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
      ])
      return Int64(place) + 1
    }

    /// Which of `names` stands here, whole or by its first three letters.
    private mutating func name(among names: [String]) -> Int {
      let word = word()
      if let index = names.firstIndex(where: { $0 == word || $0.prefix(3) == word }) { return index }
      hasFailed = true
      return 0
    }

    /// `Z`, `GMT` or `UTC`, or hours and minutes ahead of UTC, in seconds.
    mutating func zone() -> Int64 {
      if index < text.count, text[index] | 0x20 >= 0x61 {
        if !["z", "gmt", "utc"].contains(word()) { hasFailed = true }
        return 0
      }
      let isWest = pass(UInt8(ascii: "-"))
      if !isWest && !pass(UInt8(ascii: "+")) { hasFailed = true }
      let hours = number(2)
      _ = pass(UInt8(ascii: ":"))
      return (hours * 3600 + number(2) * 60) * (isWest ? -1 : 1)
    }
  }
}
