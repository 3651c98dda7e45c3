import IO
import Support

/// How features of samples and events are read from a table, where what they are is known: by the column that has the
/// feature's name, or the name of the column that it was imported from, or from the time; and as the import read them.
struct KnownFeatures {
  /// Of those that have a column.
  private(set) var rules: [(owner: FeatureOwner, rule: FeatureRule)] = []
  /// By owner: for each of its features its place among the owner's rules; nil where there is no column.
  private(set) var places: [FeatureOwner: [Int?]] = [:]
  /// `samples/price`
  private(set) var withoutColumn: [String] = []

  /// - Parameter find: the table's column of that name; nil where it has none.
  init(
    _ features: Features, of owners: [FeatureOwner], _ reading: LogReading, hasTimes: Bool,
    find: (String) throws(ImportError) -> String?
  ) throws(ImportError) {
    for owner in owners {
      var count = 0
      for feature in features[owner] {
        let imported = reading.rule(owner, feature.name)
        let source = try KnownFeatures.source(feature, owner, imported, hasTimes: hasTimes, find)
        guard let source else {
          withoutColumn.append("\(owner.rawValue)/\(feature.name)")
          places[owner, default: []].append(nil)
          continue
        }
        rules.append(
          (owner, FeatureRule(feature.name, source, KnownFeatures.kind(feature, source, imported))))
        places[owner, default: []].append(count)
        count += 1
      }
    }
  }

  private static func source(
    _ feature: Feature, _ owner: FeatureOwner, _ imported: FeatureRule?, hasTimes: Bool,
    _ find: (String) throws(ImportError) -> String?
  ) throws(ImportError) -> FeatureRule.Source? {
    // `events/place` where samples have a place, too.
    for name in ["\(owner.rawValue)/\(feature.name)", feature.name] {
      if let column = try find(name) { return .column(column) }
    }
    if case .columns(let names)? = imported?.source, try has(all: names, find) { return .columns(names) }
    if case .flags(let names)? = imported?.source, try has(all: names, find) { return .flags(names) }
    // `views.csv: list price`
    guard let colon = feature.source.firstRange(of: ": ") else { return nil }
    let text = String(feature.source[colon.upperBound...])
    for part in FeatureRule.TimePart.allCases where FeatureRule.Source.time(part).text == text {
      return hasTimes ? .time(part) : nil
    }
    return try find(text).map { .column($0) }
  }

  private static func has(
    all names: [String], _ find: (String) throws(ImportError) -> String?
  ) throws(ImportError) -> Bool {
    for name in names {
      if try find(name) != name { return false }
    }
    return true
  }

  /// Where nothing says how the import read a list, it is one in brackets, or else has bars between its values.
  private static func kind(
    _ feature: Feature, _ source: FeatureRule.Source, _ imported: FeatureRule?
  ) -> FeatureRule.Kind {
    switch feature.kind {
    case .categorical(let vocabulary, let table):
      var rule = FeatureRule.Categorical(vocabulary: vocabulary, table: table)
      rule.isList = feature.isList
      if feature.isList { rule.separator = [] }
      if feature.isList, case .categorical(let known)? = imported?.kind {
        rule.kept = known.kept
        // What came from several columns may stand in one here.
        if known.separator != nil || source == imported?.source { rule.separator = known.separator }
      }
      return .categorical(rule)
    case .numeric: return .numeric([])
    case .vector(let width):
      var separator: [UInt8] = []
      if case .vector(.list(_, let known))? = imported?.kind { separator = known }
      return .vector(.list(width: width, separator: separator))
    }
  }
}

extension Feature {
  /// A column of `count` rows without a value.
  package func missingColumn(_ count: Int) -> FeatureColumn {
    switch columns[0] {
    case .values: .values(Column(repeatElement(-1, count: count)))
    case .lists: .lists(offsets: Column(repeatElement(0, count: count + 1)), values: Column([]))
    case .numbers:
      .numbers(
        Column(repeatElement(0, count: count * (vectorWidth ?? 1))),
        missing: Column(repeatElement(1, count: count)))
    }
  }
}
