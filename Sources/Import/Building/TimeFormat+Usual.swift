import Support

extension TimeFormat {
  /// Ways to write times that are neither numbers nor ISO 8601. Of two that fit the first is the likelier one.
  static let usual = [
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S", "%d %b %Y %H:%M:%S", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y",
    "%m %d, %Y",
  ].compactMap(TimeFormat.init)

  /// Those in which `text` is a time, as a message lists them; nil where there is none.
  static func fitting(_ text: Bytes) -> String? {
    let fitting = usual.filter { $0.time(text, utcOffset: 0) != nil }.map { "\"\($0.text)\"" }
    return fitting.isEmpty ? nil : fitting.joined(separator: " or ")
  }
}
