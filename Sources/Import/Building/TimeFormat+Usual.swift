import Support

extension TimeFormat {
  /// Ways to write times that are neither numbers nor ISO 8601. Of two that fit the first is the likelier one.
  static let usual = [
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S", "%d %b %Y %H:%M:%S", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y",
    "%m %d, %Y", "%m/%d/%y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%y", "%d/%m/%y %H:%M", "%d/%m/%y",
    "%d.%m.%y %H:%M:%S", "%d.%m.%y %H:%M", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H", "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
  ].compactMap(TimeFormat.init)

  /// Formats of dates without anything between their parts, which are numbers, too.
  static let compact = ["%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%y%m%d%H"].compactMap(
    TimeFormat.init)

  /// Whether `text` is a date in this compact format, from 1900 to 2100. Seconds since 1970 look like one from 2030 on.
  func isCompactDate(_ text: Bytes) -> Bool {
    // Each directive has as many digits as letters, but for the year's four.
    guard text.count == self.text.utf8.count + (self.text.hasPrefix("%Y") ? 2 : 0),
      let time = time(text, utcOffset: 0)
    else { return false }
    return (-2_208_988_800...4_133_980_799).contains(time.seconds)
  }

  /// The compact format in which both ends of `times`, in seconds, are dates; nil where there is none.
  static func compact(_ times: ClosedRange<Int64>) -> String? {
    func isDate(_ seconds: Int64, _ format: TimeFormat) -> Bool {
      // Fourteen digits are read as thousandths.
      let text = Array("\(seconds)\(format.text.hasSuffix("%S") ? "000" : "")".utf8)
      return text.withUnsafeBufferPointer(format.isCompactDate)
    }
    return compact.first { isDate(times.lowerBound, $0) && isDate(times.upperBound, $0) }?.text
  }

  /// Those in which `text` is a time, as a message lists them; nil where there is none.
  static func fitting(_ text: Bytes) -> String? {
    let fitting = usual.filter { $0.time(text, utcOffset: 0) != nil }.map { "\"\($0.text)\"" }
    return fitting.isEmpty ? nil : fitting.joined(separator: " or ")
  }
}
