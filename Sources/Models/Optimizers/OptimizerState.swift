/// What an optimiser keeps for the weights of a whole model: one flat block for the dense weights and one
/// for each embedding table, at fixed addresses. All zero in the beginning; SGD keeps nothing.
public final class OptimizerState: @unchecked Sendable {
  public let optimizer: Optimizer
  /// [slots x layout.parameterCount]
  public let dense: UnsafeMutablePointer<Float>
  /// In the order of `layout.tables`: [slots x rows x width].
  public let tables: [UnsafeMutablePointer<Float>]
  /// Weights of each table, rows x width.
  public let tableSizes: [Int]

  public init(_ optimizer: Optimizer, for weights: Weights) {
    self.optimizer = optimizer
    func zeros(_ size: Int) -> UnsafeMutablePointer<Float> {
      let count = optimizer.slots.count * size
      let values = UnsafeMutablePointer<Float>.allocate(capacity: count)
      values.initialize(repeating: 0, count: count)
      return values
    }
    let layout = weights.layout
    dense = zeros(layout.parameterCount)
    tableSizes = layout.tables.indices.map { weights.rows(ofTable: $0) * layout.tables[$0].width }
    tables = tableSizes.map(zeros)
  }

  deinit {
    dense.deallocate()
    for table in tables { table.deallocate() }
  }
}
