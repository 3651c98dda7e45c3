import Support

extension TimeReader {
  /// `2017-11-25`, `2017-11-25 13:00`, `2017-11-25T13:00:00.250+08:00`, `20171125T130000Z`: ISO 8601 as logs write
  /// it, also with `/` between the parts of the date; UTC where no zone is given. Nil for anything else.
  package static func date(_ text: Bytes) -> (seconds: Int64, nanoseconds: Int32, hasZone: Bool)? {
    if let seconds = usualDate(text) { return (seconds, 0, text.count == 20) }
    var at = 0
    func number(_ digits: Int) -> Int64? {
      guard at + digits <= text.count else { return nil }
      var value: Int64 = 0
      for index in at..<at + digits {
        guard text[index] >= 0x30 && text[index] <= 0x39 else { return nil }
        value = value * 10 + Int64(text[index] - 0x30)
      }
      at += digits
      return value
    }
    func passes(_ allowed: StaticString) -> Bool {
      guard at < text.count else { return false }
      for index in 0..<allowed.utf8CodeUnitCount where allowed.utf8Start[index] == text[at] {
        at += 1
        return true
      }
      return false
    }

    guard let year = number(4) else { return nil }
    // The basic form, 20171125T130000Z, has nothing between the parts.
    let isBasic = !passes("-/")
    guard let month = number(2), isBasic || passes("-/"), let day = number(2),
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    let midnight = date.start(offset: 0)
    if at == text.count { return (midnight, 0, false) }
    guard passes("Tt "), let hour = number(2), hour < 24, isBasic || passes(":"), let minute = number(2),
      minute < 60
    else {
      return nil
    }
    var (second, fraction) = (Int64(0), Int32(0))
    if isBasic ? at < text.count && text[at] >= 0x30 && text[at] <= 0x39 : passes(":") {
      guard let value = number(2), value <= 60 else { return nil }
      second = value
      if passes(".,") {
        let start = at
        var place: Int32 = 100_000_000
        while let digit = number(1) {
          fraction += Int32(digit) * place
          place /= 10
        }
        if at == start { return nil }
      }
    }
    var (offset, hasZone) = (Int64(0), true)
    if at == text.count {
      hasZone = false
    } else if !passes("Zz") {
      if passes(" "), at + 3 == text.count, Bytes(rebasing: text[at...]).spells("UTC") {
        at += 3
      } else {
        let isWest = at < text.count && text[at] == UInt8(ascii: "-")
        guard passes("+-"), let hours = number(2), hours < 24 else { return nil }
        var minutes: Int64 = 0
        if at < text.count {
          _ = passes(":")
          guard let value = number(2), value < 60 else { return nil }
          minutes = value
        }
        offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
      }
    }
    guard at == text.count else { return nil }
    return (midnight + hour * 3600 + minute * 60 + second - offset, fraction, hasZone)
  }

  /// The same of `2017-11-25T13:00:00` and `2017-11-25 13:00:00Z`, which most are; nil for anything else.
  @inline(__always)
  static func usualDate(_ text: Bytes) -> Int64? {
    guard text.count == 19 || text.count == 20 && text[19] == UInt8(ascii: "Z"), let start = text.baseAddress
    else { return nil }
    // Three words, the first byte lowest: `2017-11-`, `25T13:00`, `13:00:00`. Less the text of no time they are digits
    // from 0 to 9, and 0 where a mark stands; a space in the place of the T is 0x74.
    let date = start.word ^ 0x2D30_302D_3030_3030
    var middle = (start + 8).word ^ 0x3030_3A30_3054_3030
    let time = (start + 11).word ^ 0x3030_3A30_303A_3030
    if middle >> 16 & 0xFF == 0x74 { middle ^= 0x74_0000 }
    // The top bit of a byte that is 10 or more, and the bytes of marks.
    func wrong(_ word: UInt64, _ marks: UInt64) -> UInt64 {
      ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 | word & marks
    }
    let marks: UInt64 = 0x0000_FF00_00FF_0000
    if wrong(date, 0xFF00_00FF_0000_0000) | wrong(middle, marks) | wrong(time, marks) != 0 { return nil }
    // Two digits as one number, in the byte of the first.
    func pair(_ word: UInt64, _ byte: UInt64) -> Int64 {
      let digits = word &>> (8 &* byte)
      return Int64(truncatingIfNeeded: (digits & 0xF) &* 10 &+ digits &>> 8 & 0xF)
    }
    let (hour, minute, second) = (pair(time, 0), pair(time, 3), pair(time, 6))
    guard hour < 24, minute < 60, second <= 60,
      let day = CalendarDay(
        year: pair(date, 0) * 100 + pair(date, 2), month: pair(date, 5), day: pair(middle, 0))
    else { return nil }
    return day.start(offset: 0) + hour * 3600 + minute * 60 + second
  }
}
