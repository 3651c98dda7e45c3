import Support
import YAML

/// Reading what a schema says of its logs.
extension Schema {
  static func readLog(_ root: YAMLSection, _ folder: String) throws -> Log {
    guard root.has("log") else { throw root.missing("log", "the log's files and their columns") }
    let section = try root.section("log")
    guard section.has("files") else {
      throw section.missing("files", "the path of the log's file, or a list of paths")
    }
    let files = try section.texts("files", default: [])
    guard !files.isEmpty, files.allSatisfy({ !$0.isEmpty }) else {
      throw section.refusal("files", "must be the path of the log's file, or a list of paths")
    }
    let form = try TableForm(section)
    var log = Log(
      files: files.map { Schema.path($0, in: folder) }, user: try section.string("user", default: "user"),
      item: "item", time: try readTime(section, utcOffset: 0))
    log.form = form
    if section.isSection("item") {
      let item = try section.section("item")
      log.item = try item.string("column", default: "item")
      if item.has("list") || item.has("label") {
        log.impressions = Impressions(
          separator: try item.separator("list", default: " ", mayBeBrackets: true),
          label: try item.separator("label", default: "-", mayBeBrackets: false))
      }
      try item.finish()
    } else {
      log.item = try section.string("item", default: "item")
    }
    if section.isSection("history") {
      let history = try section.section("history")
      log.history = ListColumn(
        column: try history.string("column", default: "history"),
        separator: try history.separator("list", default: " ", mayBeBrackets: true))
      try history.finish()
    } else if section.has("history") {
      log.history = ListColumn(column: try section.string("history", default: ""), separator: [0x20])
    }
    log.days = try readDays(section)
    try section.finish()
    return log
  }

  /// A second log, whose clock is that of the first unless it says otherwise.
  static func readHistory(_ root: YAMLSection, _ folder: String, _ schema: Schema) throws -> History {
    let section = try root.section("history")
    guard section.has("files") else {
      throw section.missing("files", "the path of the second log's file, or a list of paths")
    }
    let files = try section.texts("files", default: [])
    guard !files.isEmpty, files.allSatisfy({ !$0.isEmpty }) else {
      throw section.refusal("files", "must be the path of the second log's file, or a list of paths")
    }
    let form = try TableForm(section)
    guard let item = Item(try section.string("item", default: "item")) else {
      throw section.refusal("item", "must be a column, or a pattern such as \"{category}/{brand}\"")
    }
    var history = History(
      files: files.map { Schema.path($0, in: folder) }, user: try section.string("user", default: "user"),
      item: item, time: try readTime(section, utcOffset: schema.log.time.utcOffset))
    history.form = form
    history.days = try readDays(section)
    if section.has("action") && !section.isSection("action") {
      let text = try section.string("action", default: "none")
      try section.refuseIf(
        text != "none", "action",
        "must be none, where every row is a positive event, or have column, values and ignored")
      history.isAllPositive = true
    } else if section.has("action") {
      let action = try section.section("action")
      history.action = Action(
        column: try action.string("column", default: "action"), values: try readActions(action, "values"),
        ignored: try action.texts("ignored", default: []))
      try action.finish()
    }
    if section.has("item_features") {
      let features = try section.section("item_features")
      for name in features.keys { history.itemFeatures[name] = try features.string(name, default: name) }
    }
    try section.finish()
    return history
  }

  /// `[2017-11-25, 2017-12-03]`
  private static func readDays(_ section: YAMLSection) throws -> ClosedRange<CalendarDay>? {
    guard section.has("days") else { return nil }
    let days = try section.texts("days", default: []).map { CalendarDay($0) }
    guard days.count == 2, let first = days[0], let last = days[1], first <= last, first.number > 0 else {
      throw section.refusal("days", "must be the first and the last day: [2017-11-25, 2017-12-03]")
    }
    return first...last
  }

  static func readTime(_ log: YAMLSection, utcOffset: Int64) throws -> Time {
    guard log.isSection("time") else {
      var time = Time(column: try log.string("time", default: "timestamp"))
      time.utcOffset = utcOffset
      return time
    }
    let section = try log.section("time")
    var time = Time(column: try section.string("column", default: "timestamp"))
    time.utcOffset = utcOffset
    let units = TimeUnit.allCases.map(\.rawValue)
    if section.has("unit") {
      time.unit = TimeUnit(rawValue: try section.choice("unit", default: "s", of: units))
    }
    if section.has("format") {
      try section.refuseIf(
        time.unit != nil, "format", "and unit exclude each other: a format says what the numbers are")
      let text = try section.string("format", default: "")
      guard let format = TimeFormat(text) else {
        throw section.refusal(
          "format",
          "must be a pattern such as \"%Y-%m-%d %H:%M:%S\" with a year, a month and a day, of the directives "
            + TimeFormat.directives)
      }
      time.format = format
    }
    if section.has("utc_offset") {
      let text = try section.string("utc_offset", default: "0")
      guard let offset = Schema.offset(text) else {
        throw section.refusal("utc_offset", "must be hours ahead of UTC, such as 8, -5.5 or \"+08:00\"")
      }
      time.utcOffset = offset
    }
    try section.finish()
    return time
  }

  /// Seconds of `8`, `-5.5`, `+08:00`.
  private static func offset(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var seconds: Double?
    if parts.count == 2, let hours = Int(parts[0]), let minutes = Int(parts[1]), (0..<60).contains(minutes) {
      seconds = Double(abs(hours) * 3600 + minutes * 60) * (text.hasPrefix("-") ? -1 : 1)
    } else if let hours = Double(text) {
      seconds = (hours * 3600).rounded()
    }
    return seconds.flatMap { abs($0) <= 15 * 3600 ? Int64($0) : nil }
  }
}

extension YAMLSection {
  /// The one or two bytes under `key` that stand between values; empty for `true`, where lists in brackets may be.
  func separator(_ key: String, default fallback: String, mayBeBrackets: Bool) throws -> [UInt8] {
    let text = try texts(key, default: [fallback])
    let bytes = Array((text.count == 1 ? text[0] : "").utf8)
    if mayBeBrackets && bytes == Array("true".utf8) { return [] }
    try refuseIf(
      !(1...2).contains(bytes.count), key,
      "must be the one or two characters between values"
        + (mayBeBrackets ? ", or true for lists in brackets" : ""))
    return bytes
  }
}
