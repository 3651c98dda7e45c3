/// The weights of a whole model: dense block, moving statistics and full embedding tables, at fixed
/// addresses.
public final class Weights: @unchecked Sendable {
  public let layout: ModelLayout
  /// Rows of each field's tables.
  public let rowCounts: [Field: Int]
  /// [layout.parameterCount]
  public let dense: UnsafeMutablePointer<Float>
  /// [layout.statisticCount]
  public let statistics: UnsafeMutablePointer<Float>
  /// In the order of `layout.tables`: [rows x width].
  public let tables: [UnsafeMutablePointer<Float>]

  /// Zeroed weights for fields of the given sizes.
  public init(layout: ModelLayout, users: Int, items: Int, categories: Int) {
    self.layout = layout
    rowCounts = [.user: users, .item: items, .category: categories]
    func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
      let values = UnsafeMutablePointer<Float>.allocate(capacity: count)
      values.initialize(repeating: 0, count: count)
      return values
    }
    dense = zeros(layout.parameterCount)
    statistics = zeros(layout.statisticCount)
    tables = layout.tables.map { [rowCounts] in zeros((rowCounts[$0.field] ?? 0) * $0.width) }
  }

  deinit {
    dense.deallocate()
    statistics.deallocate()
    for table in tables { table.deallocate() }
  }

  /// Weights of their own with the values of `other`.
  public convenience init(copying other: Weights) {
    self.init(
      layout: other.layout, users: other.rowCounts[.user] ?? 0, items: other.rowCounts[.item] ?? 0,
      categories: other.rowCounts[.category] ?? 0)
    dense.update(from: other.dense, count: layout.parameterCount)
    statistics.update(from: other.statistics, count: layout.statisticCount)
    for index in tables.indices {
      tables[index].update(
        from: other.tables[index], count: rows(ofTable: index) * layout.tables[index].width)
    }
  }

  /// Rows of table `index`.
  public func rows(ofTable index: Int) -> Int { rowCounts[layout.tables[index].field] ?? 0 }

  /// Draws every tensor by its initialiser, keyed by `seed` and the tensor's name.
  public func initialize(seed: UInt64) {
    for (block, parameters) in [(dense, layout.parameters), (statistics, layout.statistics)] {
      for parameter in parameters {
        let rows = parameter.shape.count > 1 ? parameter.shape[0] : 1
        parameter.initializer.fill(
          block + parameter.offset, rows: rows, columns: parameter.count / max(rows, 1),
          name: parameter.name, seed: seed)
      }
    }
    for (index, table) in layout.tables.enumerated() {
      Initializer.glorotUniform.fill(
        tables[index], rows: rows(ofTable: index), columns: table.width, name: table.name, seed: seed)
    }
  }
}
