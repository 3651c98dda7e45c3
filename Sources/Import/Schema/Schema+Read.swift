import IO
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
    schema.label = schema.log.impressions == nil ? try readLabel(root) : .impressions
    if schema.log.impressions != nil { _ = root.has("label") }
    if root.has("negatives") {
      try schema.readNegatives(root)
      // They are drawn where every row is a positive.
      schema.label = .none
    }
    let features = FeatureReader(folder: folder)
    schema.sampleFeatures = try features.read(root, "sample_features", .samples)
    schema.eventFeatures = try features.read(root, "event_features", .events)
    if root.has("history") { schema.history = try readHistory(root, folder, schema) }
    schema.users = try features.entities(root, "users", .users, key: schema.log.user)
    schema.items = try features.entities(root, "items", .items, key: schema.log.item)
    schema.split = try readSplit(root, schema.log)
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

  private mutating func readNegatives(_ root: YAMLSection) throws {
    try root.refuseIf(
      label != .unstated && label != .none, "negatives",
      "are drawn only where every row is a positive: label: none")
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

  private static func readSplit(_ root: YAMLSection, _ log: Log) throws -> Split {
    guard root.has("split") else { return .fraction(0.8) }
    let section = try root.section("split")
    let keys = section.keys
    guard keys.count == 1 else {
      throw root.refusal("split", "must have one of last_days, first_days, time and fraction")
    }
    switch keys[0] {
    case "last_days": return .lastDays(try section.integer("last_days", default: 1, in: 1...36_500))
    case "first_days":
      let days = try section.integer("first_days", default: 1, in: 1...36_500)
      let all = log.days.map { Int($0.upperBound.number - $0.lowerBound.number) + 1 }
      try section.refuseIf(
        all.map { days >= $0 } ?? false, "first_days", "must be fewer than the \(all ?? 0) days of log.days")
      return .firstDays(days)
    case "fraction":
      let fraction = try section.number("fraction", default: 0.8, in: 0...1)
      try section.refuseIf(!(fraction > 0 && fraction < 1), "fraction", "must be above 0 and below 1")
      return .fraction(fraction)
    case "time":
      let text = Array(try section.string("time", default: "").utf8)
      let time = text.withUnsafeBufferPointer {
        $0.wholeNumber ?? TimeReader.date($0).map { $0.seconds - ($0.hasZone ? 0 : log.time.utcOffset) }
      }
      guard let time, InteractionLog.timestamps.contains(time) else {
        throw section.refusal("time", "must be seconds since 1970, or a date such as 2013-11-22T02:04:38Z")
      }
      return .time(time)
    default:
      throw section.refusal(keys[0], "is no rule: give one of last_days, first_days, time and fraction")
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
