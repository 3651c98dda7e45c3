/// The features that a model takes from a data set, and the tables of their values.
package struct ModelFeatures: Sendable, Equatable {
  /// The embeddings of the values of one or several features.
  package struct Table: Sendable, Equatable {
    package var name: String
    package var rows: Int

    package init(name: String, rows: Int) {
      self.name = name
      self.rows = rows
    }
  }

  /// Those of users, items, samples and events, in this order, each in the order of the data set.
  package let all: [ModelFeature]
  package let tables: [Table]

  package init(_ all: [ModelFeature] = [], tables: [Table] = []) {
    self.all = ModelFeature.Owner.allCases.flatMap { owner in all.filter { $0.owner == owner } }
    self.tables = tables
  }

  package func of(_ owner: ModelFeature.Owner) -> [ModelFeature] { all.filter { $0.owner == owner } }

  /// Items' features with values: they join the item's embedding, in the candidate and in histories alike, in the
  /// order of `Submodel.itemFeatures`.
  package var encoded: [ModelFeature] { of(.items).filter { $0.table != nil } }

  /// The features that are fields of their own, in the order of `Batch.fields`: those of users, the candidate's numbers
  /// and vectors, and those of samples.
  package var fields: [ModelFeature] {
    of(.users) + of(.items).filter { $0.table == nil } + of(.samples)
  }

  /// The events' features that join the entries of a history, in the order of `History.events`. Exposures are the
  /// events without an action, so that `action` says nothing about them.
  package func events(in history: HistoryKind) -> [ModelFeature] {
    of(.events).filter { history != .exposures || $0.name != ModelFeature.action }
  }

  /// The row spaces of a model, by `RowSpace.index`.
  package var spaces: [RowSpace] { [.user, .item] + tables.indices.map { .values($0) } }

  /// The rows of each `RowSpace.index`.
  package func rowCounts(users: Int, items: Int) -> [Int] { [users, items] + tables.map(\.rows) }

  /// A table with at most so many rows may be a dense weight.
  private static let denseRows = 64

  /// Whether the embeddings of a table are a weight like a layer's instead of an embedding table: where only events
  /// have its values and they are few. Nearly every user then has all of them, and cutting the table down to a user's
  /// rows would save nothing.
  package func isDense(_ table: Int) -> Bool {
    tables[table].rows <= ModelFeatures.denseRows
      && all.allSatisfy { $0.table != table || $0.owner == .events }
  }

  // Names of weights and tables. Names of features have no dots, so that a name with one is no other feature's.

  /// What the names of the feature's own weights begin with: its name, and its owner's where another feature or another
  /// part of a model has that name.
  func key(of feature: ModelFeature) -> String {
    let isShared = all.count { $0.name == feature.name } > 1
    return isShared || ModelFeatures.isReserved(feature.name)
      ? "\(feature.owner.rawValue).\(feature.name)" : feature.name
  }

  /// The name of a table of embeddings.
  func tableName(_ table: Int) -> String {
    let name = tables[table].name
    return ModelFeatures.isReserved(name) ? "table.\(name)" : name
  }

  private static let reserved: Set<String> = [
    "user", "item", "bias", "mlp", "wide", "cross", "attention", "gru", "input_norm",
  ]

  private static func isReserved(_ name: String) -> Bool {
    reserved.contains(name) || ["history_", "first_order_"].contains(where: name.hasPrefix)
  }
}
