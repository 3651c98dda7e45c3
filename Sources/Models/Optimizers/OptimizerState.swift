import Support

/// What an optimiser keeps for the weights of a whole model: one flat block for the dense weights and one
/// for each embedding table, at fixed addresses. All zero at the start; SGD keeps nothing.
package final class OptimizerState: @unchecked Sendable {
  package let optimizer: Optimizer
  /// [slots x layout.parameterCount]
  package let dense: UnsafeMutablePointer<Float>
  /// In the order of `layout.tables`: [slots x rows x width].
  package let tables: [UnsafeMutablePointer<Float>]
  /// How many weights each table has, rows x width.
  package let tableSizes: [Int]
  /// The memory of the dense block and of the tables.
  private let blocks: [MemoryBlock]

  private init(
    _ optimizer: Optimizer, for weights: Weights, _ table: (Int, Int) throws -> MemoryBlock
  ) rethrows {
    self.optimizer = optimizer
    let layout = weights.layout
    tableSizes = layout.tables.indices.map { weights.rows(ofTable: $0) * layout.tables[$0].width }
    let own = MemoryBlock(floats: optimizer.slots.count * layout.parameterCount)
    let tables = try tableSizes.enumerated().map { try table($0, optimizer.slots.count * $1) }
    dense = own.floats
    self.tables = tables.map(\.floats)
    blocks = [own] + tables
  }

  package convenience init(_ optimizer: Optimizer, for weights: Weights) {
    self.init(optimizer, for: weights) { MemoryBlock(floats: $1) }
  }

  /// The same with the tables' state in `memory`, of the rows that there are.
  package convenience init(
    _ optimizer: Optimizer, for weights: Weights, tablesIn memory: any MemorySource
  ) throws {
    try self.init(optimizer, for: weights) {
      let (space, rows) = (weights.layout.tables[$0].space, weights.rows(ofTable: $0))
      return try memory.table(weights.held?.rows(of: space, count: rows) != nil).floats($1)
    }
  }
}
