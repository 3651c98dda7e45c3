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
  private static func usualDate(_ text: Bytes) -> Int64? {
    guard text.count == 19 || text.count == 20 && text[19] == UInt8(ascii: "Z") else { return nil }
    var isWrong = text[4] != UInt8(ascii: "-") || text[7] != UInt8(ascii: "-")
    isWrong = isWrong || (text[10] != UInt8(ascii: "T") && text[10] != UInt8(ascii: " "))
    isWrong = isWrong || text[13] != UInt8(ascii: ":") || text[16] != UInt8(ascii: ":")
    var highest: UInt8 = 0
    func pair(_ index: Int) -> Int64 {
      let (tens, ones) = (text[index] &- 0x30, text[index + 1] &- 0x30)
      highest = max(highest, tens, ones)
      return Int64(tens) * 10 + Int64(ones)
    }
    let (year, month, day) = (pair(0) * 100 + pair(2), pair(5), pair(8))
    let (hour, minute, second) = (pair(11), pair(14), pair(17))
    guard !isWrong, highest <= 9, hour < 24, minute < 60, second <= 60,
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    return date.start(offset: 0) + hour * 3600 + minute * 60 + second
  }
}
