/// The widths of features' embeddings in a model.
///
/// A table has one width: the one that the job gives a feature of the table, or else that of the first feature in the
/// order of `ModelFeatures.all`, items' features before others. A feature that a model needs in another width than its
/// table's is projected by a linear layer.
struct FeatureWidths {
  /// How wide the fields of features are.
  enum FieldWidth {
    /// Each as its values' embeddings.
    case own
    /// All of this width, whatever a job says.
    case all(Int)
    /// Of this width unless a job gives another.
    case usually(Int)
  }

  private let configuration: ModelConfiguration
  private let fields: FieldWidth
  /// The width that events' features have; nil where each has its own.
  private let events: Int?

  init(_ configuration: ModelConfiguration, fields: FieldWidth = .own, events: Int? = nil) {
    self.configuration = configuration
    self.fields = fields
    self.events = events
  }

  /// The width in which the model takes the feature.
  func width(of feature: ModelFeature) -> Int {
    if let fixed = fixedWidth(of: feature) { return fixed }
    return feature.table.map(tableWidth) ?? configuration.ownWidth(of: feature)
  }

  /// The width of the table at `table` of `ModelFeatures.tables`.
  func tableWidth(_ table: Int) -> Int {
    let users = configuration.features.all.filter { $0.table == table }
    if let width = users.lazy.compactMap(\.width).first { return width }
    guard let first = users.first(where: { $0.owner == .items }) ?? users.first else { return 0 }
    return fixedWidth(of: first) ?? configuration.ownWidth(of: first)
  }

  /// The width that the model itself gives the feature.
  private func fixedWidth(of feature: ModelFeature) -> Int? {
    if feature.owner == .events { return events }
    if feature.owner == .items && feature.table != nil { return nil }
    switch fields {
    case .own: return nil
    case .all(let width): return width
    case .usually(let width):
      return feature.width == nil && configuration.featureWidth == nil ? width : nil
    }
  }

  /// Throws `ModelError.tableWidths` where features of a table have different widths, and `.fieldWidth` where a width
  /// is given for a feature that the model takes in another.
  func check() throws(ModelError) {
    for feature in configuration.features.all {
      guard let width = feature.width else { continue }
      if let table = feature.table, tableWidth(table) != width {
        throw .tableWidths(
          table: configuration.features.tables[table].name, widths: [tableWidth(table), width])
      }
      if let fixed = fixedWidth(of: feature), fixed != width {
        throw .fieldWidth(model: configuration.name, feature: feature.path, width: width, fixed: fixed)
      }
    }
  }
}

extension ModelConfiguration {
  /// The width of a feature's embedding by itself.
  fileprivate func ownWidth(of feature: ModelFeature) -> Int {
    if let width = feature.width { return width }
    // A vector stands for many values: it is as wide as an item with its features.
    if case .vector = feature.kind { return featureWidth ?? encodedItemWidth }
    switch (feature.owner, feature.name) {
    case (.items, ModelFeature.category): return categoryWidth
    case (.events, ModelFeature.action): return actionWidth
    default: return featureWidth ?? categoryWidth
    }
  }

  /// The width of an encoded item: its own embedding and those of its features together.
  package var encodedItemWidth: Int {
    let widths = FeatureWidths(self)
    return features.encoded.reduce(itemWidth) { $0 + widths.width(of: $1) }
  }
}
