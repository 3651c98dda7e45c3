import Models
import Support

/// Features of every kind, and values for them: lists and single values, some of them missing, the last row of a table,
/// which stands for unknown values, among them.
struct FeatureWorld {
  private let features: ModelFeatures
  /// In the order of `ModelFeatures.encoded`: each item's values.
  let itemFeatures: [[[Int32]]]

  private static func table(_ name: String, _ rows: Int) -> ModelFeatures.Table {
    ModelFeatures.Table(name: name, rows: rows)
  }

  /// Categories alone.
  static let categories = ModelFeatures(
    [ModelFeature(.items, "category", .values(table: 0))], tables: [table("category", 4)])

  /// Categories, a genome and, for histories of them, actions.
  static func genome(actions: Bool) -> ModelFeatures {
    ModelFeatures(
      categories.all + [ModelFeature(.items, "genome", .vector(width: 5))]
        + (actions ? [ModelFeature(.events, "action", .values(table: 1))] : []),
      tables: categories.tables + [table("action", 5)])
  }

  /// Every kind for every owner, with tables that items and users share, and samples and events; names that several
  /// owners have, and one that a part of every model has.
  static let everything = ModelFeatures(
    categories.all + [
      ModelFeature(.items, "brand", .values(table: 1)),
      ModelFeature(.items, "price", .number),
      ModelFeature(.items, "genome", .vector(width: 3)),
      ModelFeature(.users, "user", .values(table: 2)),
      ModelFeature(.users, "favourite", .values(table: 1)),
      ModelFeature(.users, "income", .number),
      ModelFeature(.users, "taste", .vector(width: 2)),
      ModelFeature(.samples, "place", .values(table: 3)),
      ModelFeature(.samples, "price", .number),
      ModelFeature(.samples, "screen", .vector(width: 2)),
      ModelFeature(.events, "action", .values(table: 4)),
      ModelFeature(.events, "place", .values(table: 3)),
      ModelFeature(.events, "dwell", .number),
      ModelFeature(.events, "scroll", .vector(width: 2)),
    ],
    tables: categories.tables + [
      table("brand", 3), table("user", 3), table("place", 3), table("action", 5),
    ])

  init(_ features: ModelFeatures, items: Int) {
    self.features = features
    // The one that models had before there were others.
    let category: [[Int32]] = [[0, 1], [2], [], [1, 2, 3], [0], [3]]
    itemFeatures = features.encoded.map { feature in
      feature.name == "category" ? category : (0..<items).map { $0 == 2 ? [] : [Int32($0 % 3)] }
    }
  }

  /// Values of `feature` for so many rows.
  func values(of feature: ModelFeature, rows: Int, _ random: inout KeyedRandom) -> RaggedValues {
    switch feature.kind {
    case .values(let table):
      let bound = features.tables[table].rows
      // An action is one value; others may have none or several.
      let counts = (0..<rows).map { _ in feature.name == "action" ? 1 : random.below(3) }
      return .lists(counts.map { count in (0..<count).map { _ in Int32(random.below(bound)) } })
    case .number: return .numbers((0..<rows).map { $0 % 3 == 1 ? nil : Float(random.normal()) })
    case .vector(let width):
      return .vectors((0..<rows).map { _ in (0..<width).map { _ in Float(random.uniform()) } })
    }
  }
}
