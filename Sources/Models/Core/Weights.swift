import Support

/// The weights of a whole model: dense block, moving statistics and full embedding tables, at fixed
/// addresses.
package final class Weights: @unchecked Sendable {
  package let layout: ModelLayout
  /// Rows of the tables of each `RowSpace.index`.
  package let rowCounts: [Int]
  /// [layout.parameterCount]
  package let dense: UnsafeMutablePointer<Float>
  /// [layout.statisticCount]
  package let statistics: UnsafeMutablePointer<Float>
  /// In the order of `layout.tables`: [rows x width].
  package let tables: [UnsafeMutablePointer<Float>]
  /// Which rows there are in the tables; nil where all are.
  package private(set) var held: HeldRows?
  /// The memory of the dense block, the statistics and the tables.
  private let blocks: [MemoryBlock]

  private init(layout: ModelLayout, rowCounts: [Int], tables: [MemoryBlock]) {
    self.layout = layout
    self.rowCounts = rowCounts
    let own = [layout.parameterCount, layout.statisticCount].map { MemoryBlock(floats: $0) }
    dense = own[0].floats
    statistics = own[1].floats
    self.tables = tables.map(\.floats)
    blocks = own + tables
  }

  /// Zeroed weights; `rowCounts` has the rows of every row space (`ModelFeatures.rowCounts`).
  package convenience init(layout: ModelLayout, rowCounts: [Int]) {
    self.init(
      layout: layout, rowCounts: rowCounts,
      tables: layout.tables.map { MemoryBlock(floats: rowCounts[$0.space.index] * $0.width) })
  }

  /// The same with the tables in `memory`, which other processes may share; the dense block and the statistics are
  /// always this process's own. `held` as in the property.
  package convenience init(
    layout: ModelLayout, rowCounts: [Int], tablesIn memory: any MemorySource, held: HeldRows? = nil
  ) throws {
    self.init(
      layout: layout, rowCounts: rowCounts,
      tables: try layout.tables.map {
        let rows = rowCounts[$0.space.index]
        return try memory.table(held?.rows(of: $0.space, count: rows) != nil).floats(rows * $0.width)
      })
    self.held = held
  }

  /// A copy of `other` in memory of its own.
  package convenience init(copying other: Weights) {
    self.init(layout: other.layout, rowCounts: other.rowCounts)
    copy(other, tables: true)
  }

  /// Copies the values of `other`, which has the same layout and numbers of rows. Tables are copied only with
  /// `tables`: where ranks share them, one rank copies them for all.
  package func copy(_ other: Weights, tables copiesTables: Bool) {
    precondition(held == nil && other.held == nil, "both have all rows")
    dense.update(from: other.dense, count: layout.parameterCount)
    statistics.update(from: other.statistics, count: layout.statisticCount)
    guard copiesTables else { return }
    for index in tables.indices {
      tables[index].update(
        from: other.tables[index], count: rows(ofTable: index) * layout.tables[index].width)
    }
  }

  /// Rows of table `index`.
  package func rows(ofTable index: Int) -> Int { rowCounts[layout.tables[index].space.index] }

  /// Those of them that there are.
  package func heldRows(ofTable index: Int) -> Range<Int> {
    let rows = rows(ofTable: index)
    return held?.rows(of: layout.tables[index].space, count: rows) ?? 0..<rows
  }

  /// Draws every tensor by its initialiser, that of embeddings by `embeddings`, keyed by `seed` and the tensor's name;
  /// without `tables` only the dense weights and the statistics. Of the tables the rows that there are.
  package func initialize(
    seed: UInt64, embeddings: Initializer = .glorotUniform, tables drawsTables: Bool = true
  ) {
    for (block, parameters) in [(dense, layout.parameters), (statistics, layout.statistics)] {
      for parameter in parameters {
        let rows = parameter.shape.count > 1 ? parameter.shape[0] : 1
        let isTable = block == dense && layout.denseTables.contains { $0.offset == parameter.offset }
        (isTable ? embeddings : parameter.initializer).fill(
          block + parameter.offset, rows: rows, columns: parameter.count / max(rows, 1),
          name: parameter.name, seed: seed)
      }
    }
    guard drawsTables else { return }
    for (index, table) in layout.tables.enumerated() {
      embeddings.fill(
        tables[index], rows: rows(ofTable: index), columns: table.width,
        part: heldRows(ofTable: index), name: table.name, seed: seed)
    }
  }
}

extension MemoryBlock {
  /// `count` zeros in this process's own memory.
  package convenience init(floats count: Int) { self.init(zeros: count * MemoryLayout<Float>.stride) }

  package var floats: UnsafeMutablePointer<Float> {
    values(of: Float.self).baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Float>.alignment)!
  }
}

extension MemorySource {
  /// Where a table lies: one of which only some rows are used takes memory for those.
  func table(_ isReserved: Bool) -> any MemorySource { isReserved ? ReservedMemory(in: self) : self }

  /// `count` zeros.
  func floats(_ count: Int) throws -> MemoryBlock { try block(bytes: count * MemoryLayout<Float>.stride) }
}
