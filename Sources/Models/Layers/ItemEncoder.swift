/// An item as the models see it: [item embedding ; per feature with values: mean of their embeddings]. Candidates and
/// history entries share the tables.
struct ItemEncoder {
  private let item: Embedding
  /// In the order of `Submodel.itemFeatures`.
  private let features: [ValueMean]
  let width: Int

  init(_ configuration: ModelConfiguration, in layout: inout ModelLayout) {
    let (all, widths) = (configuration.features, FeatureWidths(configuration))
    item = Embedding("item", space: .item, width: configuration.itemWidth, in: &layout)
    features = all.encoded.compactMap { feature in
      feature.table.map {
        ValueMean(all.tableName($0), table: $0, of: all, width: widths.tableWidth($0), in: &layout)
      }
    }
    width = configuration.encodedItemWidth
  }

  /// Writes [items x width] into `y`.
  func forward(_ items: UnsafePointer<Int32>, _ y: Matrix, _ pass: Pass) {
    item.forward(items, y.columns(0..<item.width), pass)
    forEachFeature(y, pass) { mean, lists, y in mean.forward(lists, of: items, y, pass) }
  }

  func backward(_ items: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    item.backward(items, dy.columns(0..<item.width), pass)
    forEachFeature(dy, pass) { mean, lists, dy in mean.backward(lists, of: items, dy, pass) }
  }

  private func forEachFeature(_ y: Matrix, _ pass: Pass, _ body: (ValueMean, RaggedRows, Matrix) -> Void) {
    var column = item.width
    for (index, mean) in features.enumerated() {
      body(mean, pass.submodel.itemFeatures[index], y.columns(column..<column + mean.width))
      column += mean.width
    }
  }
}
