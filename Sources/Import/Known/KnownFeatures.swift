import IO
import Support

/// How features of samples and events are read from a table, where what they are is known: by the column that has the
/// feature's name, or the name of the column that it was imported from, or from the time.
struct KnownFeatures {
  /// Of those that have a column.
  private(set) var rules: [(owner: FeatureOwner, rule: FeatureRule)] = []
  /// By owner: for each of its features its place among the owner's rules; nil where there is no column.
  private(set) var places: [FeatureOwner: [Int?]] = [:]
  /// `samples/price`
  private(set) var withoutColumn: [String] = []

  /// - Parameter find: the table's column of that name; nil where it has none.
  init(_ features: Features, of owners: [FeatureOwner], hasTimes: Bool, find: (String) -> String?) {
    for owner in owners {
      var count = 0
      for feature in features[owner] {
        guard let source = KnownFeatures.source(feature, owner, hasTimes: hasTimes, find) else {
          withoutColumn.append("\(owner.rawValue)/\(feature.name)")
          places[owner, default: []].append(nil)
          continue
        }
        rules.append((owner, FeatureRule(feature.name, source, KnownFeatures.kind(feature))))
        places[owner, default: []].append(count)
        count += 1
      }
    }
  }

  private static func source(
    _ feature: Feature, _ owner: FeatureOwner, hasTimes: Bool, _ find: (String) -> String?
  ) -> FeatureRule.Source? {
    // `events/place` where samples have a place, too.
    if let column = find("\(owner.rawValue)/\(feature.name)") ?? find(feature.name) { return .column(column) }
    // `views.csv: list price`
    guard let colon = feature.source.firstRange(of: ": ") else { return nil }
    let text = String(feature.source[colon.upperBound...])
    for part in FeatureRule.TimePart.allCases where FeatureRule.Source.time(part).text == text {
      return hasTimes ? .time(part) : nil
    }
    return find(text).map { .column($0) }
  }

  private static func kind(_ feature: Feature) -> FeatureRule.Kind {
    switch feature.kind {
    case .categorical(let vocabulary, let table):
      var rule = FeatureRule.Categorical(vocabulary: vocabulary, table: table)
      rule.isList = feature.isList
      // Lists in brackets, or else bars between values.
      if feature.isList { rule.separator = [] }
      return .categorical(rule)
    case .numeric: return .numeric([])
    case .vector(let width): return .vector(.list(width: width, separator: []))
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
