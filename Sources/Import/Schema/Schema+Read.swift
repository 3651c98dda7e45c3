import Support
import YAML

/// Reading a schema file. What it refuses, it refuses with file and line (`YAMLError`).
extension Schema {
  /// Reads the schema file `path`; files that it names lie in `folder`, or beside it without one.
  package static func read(_ path: String, folder: String? = nil) throws -> Schema {
    let own = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let folder = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? own
    return try parse(try YAMLSection.text(of: path, kind: "schema"), file: path, folder: folder)
  }

  /// Checks a schema's text.
  /// - Parameters:
  ///   - file: names it in errors.
  ///   - folder: where the files lie that it names relative to itself, with a slash at its end, or empty.
  package static func parse(_ text: String, file: String, folder: String = "") throws -> Schema {
    let root = try YAMLSection.parse(text, file: file, kind: "a schema")
    // The data set keeps it as an attribute, which HDF5 bounds.
    if text.utf8.count > 60_000 {
      throw YAMLError.invalid(file: file, line: 1, message: "has more than 60,000 bytes; a schema is shorter")
    }
    var schema = Schema(log: try readLog(root, folder))
    schema.text = String(text.reversed().drop(while: \.isWhitespace).reversed())
    schema.label = try readLabel(root)
    if root.has("negatives") { try schema.readNegatives(root) }
    let features = FeatureReader(folder: folder)
    schema.sampleFeatures = try features.read(root, "sample_features", .samples)
    schema.eventFeatures = try features.read(root, "event_features", .events)
    schema.users = try features.entities(root, "users", .users, key: schema.log.user)
    schema.items = try features.entities(root, "items", .items, key: schema.log.item)
    schema.split = try readSplit(root, utcOffset: schema.log.time.utcOffset)
    if root.has("same_time") {
      let names = SameTime.allCases.map(\.rawValue)
      schema.sameTime = SameTime(rawValue: try root.choice("same_time", default: names[0], of: names))
    }
    let names = RepeatedRows.allCases.map(\.rawValue)
    schema.repeats =
      RepeatedRows(rawValue: try root.choice("repeats", default: names[0], of: names)) ?? .first
    if root.has("minimum_training_samples") {
      schema.minimumTrainingSamples = try root.integer(
        "minimum_training_samples", default: 0, in: 0...Int(Int32.max))
    }
    let modes = MalformedLines.allCases.map(\.rawValue)
    schema.malformed =
      MalformedLines(rawValue: try root.choice("on_error", default: "fail", of: modes)) ?? .fail
    schema.seed = UInt64(try root.integer("seed", default: 1, in: 0...Int.max))
    try root.finish()
    try schema.check(root)
    return schema
  }

  private static func readLog(_ root: YAMLSection, _ folder: String) throws -> Log {
    guard root.has("log") else { throw root.refusal("log", "is missing: the log's files and their columns") }
    let section = try root.section("log")
    let files = try section.texts("files", default: [])
    guard !files.isEmpty, files.allSatisfy({ !$0.isEmpty }) else {
      throw section.refusal("files", "must be the path of the log's file, or a list of paths")
    }
    let form = try TableForm(section)
    var log = Log(
      files: files.map { Schema.path($0, in: folder) }, user: try section.string("user", default: "user"),
      item: try section.string("item", default: "item"), time: try readTime(section))
    log.form = form
    try section.finish()
    return log
  }

  private static func readTime(_ log: YAMLSection) throws -> Time {
    guard log.isSection("time") else { return Time(column: try log.string("time", default: "timestamp")) }
    let section = try log.section("time")
    var time = Time(column: try section.string("column", default: "timestamp"))
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
          "format", "must be a pattern such as \"%Y-%m-%d %H:%M:%S\" with a year, a month and a day")
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

  private static func readLabel(_ root: YAMLSection) throws -> Label {
    guard root.has("label") else { return .unstated }
    guard root.isSection("label") else {
      let text = try root.string("label", default: "none")
      return text == "none" ? .none : .values(column: text, positive: [], negative: [])
    }
    let section = try root.section("label")
    let ratio = try section.texts("columns", default: [])
    let column = try section.string("column", default: ratio.isEmpty ? "label" : "")
    try section.refuseIf(!ratio.isEmpty && section.has("column"), "columns", "and column exclude each other")
    try section.refuseIf(
      section.has("columns") && ratio.count != 2, "columns",
      "must be two columns, whose ratio makes the label")
    let (positive, negative) = (
      try section.texts("positive", default: []), try section.texts("negative", default: [])
    )
    let isNumber = !ratio.isEmpty || section.has("at_least") || section.has("not_rated")
    try section.refuseIf(
      isNumber && !(positive + negative).isEmpty, "positive",
      "and negative name values, and do not go with a threshold")
    try section.refuseIf(
      !ratio.isEmpty && !section.has("at_least"), "columns", "need at_least, the lowest ratio of label 1")
    let both = Set(positive).intersection(negative).sorted().first
    try section.refuseIf(both != nil, "negative", "has \(both ?? ""), which is a positive value, too")
    let threshold =
      section.has("at_least") ? try section.number("at_least", default: 4, in: -1e300...1e300) : nil
    let notRated = try section.numbers("not_rated", default: [], in: -1e300...1e300, counts: 1...100)
    try section.finish()
    if isNumber {
      return .threshold(columns: ratio.isEmpty ? [column] : ratio, atLeast: threshold, notRated: notRated)
    }
    return .values(column: column, positive: positive, negative: negative)
  }

  private mutating func readNegatives(_ root: YAMLSection) throws {
    try root.refuseIf(
      !label.columns.isEmpty, "negatives", "are drawn only where every row is a positive: label: none")
    let section = try root.section("negatives")
    let text = try section.string("per_user", default: "1-9")
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard bounds.count <= 2, let low = bounds.first ?? nil, let high = bounds.last ?? nil, low >= 0,
      low <= high,
      high <= 1000
    else {
      throw section.refusal("per_user", "must be a number or a range from 0 to 1000, such as 1-9")
    }
    negatives.ratios = low...high
    let own = NegativeSampling.OwnItems.allCases.map(\.rawValue)
    negatives.ownItems =
      .init(rawValue: try section.choice("own_items", default: own[0], of: own)) ?? .excluded
    let among = NegativeSampling.Candidates.allCases.map(\.rawValue)
    negatives.candidates = .init(rawValue: try section.choice("among", default: among[0], of: among)) ?? .all
    negatives.popularityPower = try section.number("popularity", default: 0, in: 0...4)
    keepFirst = try section.boolean("keep_first", default: false)
    try section.finish()
  }

  /// - Parameter utcOffset: seconds that the log's clock, which dates without a zone are of, is ahead of UTC.
  private static func readSplit(_ root: YAMLSection, utcOffset: Int64) throws -> Split {
    guard root.has("split") else { return .fraction(0.8) }
    let section = try root.section("split")
    let keys = section.keys
    guard keys.count == 1 else {
      throw root.refusal("split", "must have one of last_days, time and fraction")
    }
    switch keys[0] {
    case "last_days": return .lastDays(try section.integer("last_days", default: 1, in: 1...36_500))
    case "fraction":
      let fraction = try section.number("fraction", default: 0.8, in: 0...1)
      try section.refuseIf(!(fraction > 0 && fraction < 1), "fraction", "must be above 0 and below 1")
      return .fraction(fraction)
    case "time":
      let text = Array(try section.string("time", default: "").utf8)
      let time = text.withUnsafeBufferPointer {
        $0.wholeNumber ?? TimeReader.date($0).map { $0.seconds - ($0.hasZone ? 0 : utcOffset) }
      }
      guard let time, InteractionLog.timestamps.contains(time) else {
        throw section.refusal("time", "must be seconds since 1970, or a date such as 2013-11-22T02:04:38Z")
      }
      return .time(time)
    default: throw section.refusal(keys[0], "is no rule: give one of last_days, time and fraction")
    }
  }

  /// `path`, which is relative to `folder` unless it begins at the root; where it is not there, the same file with or
  /// without `.gz`, if that is there.
  static func path(_ path: String, in folder: String) -> String {
    let whole = path.hasPrefix("/") ? path : folder + path
    let other = whole.hasSuffix(".gz") ? String(whole.dropLast(3)) : whole + ".gz"
    return !FileBytes.exists(whole) && FileBytes.exists(other) ? other : whole
  }
}
