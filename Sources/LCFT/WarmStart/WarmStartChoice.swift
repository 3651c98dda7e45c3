/// What a training that goes on from an earlier model takes over besides the weights.
package struct WarmStartChoice: Sendable, Equatable {
  /// What the optimiser begins with.
  package enum OptimizerStart: String, Sendable, CaseIterable {
    /// The state of matched rows and dense weights, zero for new rows; steps are counted on.
    case kept
    /// Zero, and steps are counted from 1.
    case reset
  }

  /// What a row begins with that the earlier model has not.
  package enum RowStart: String, Sendable, CaseIterable {
    /// What it would begin with in a training by itself.
    case drawn
    /// The earlier table's unknown row, or, where it has none, the mean of its rows.
    case average
  }

  package var optimizer: OptimizerStart
  package var newRows: RowStart

  package init(optimizer: OptimizerStart = .kept, newRows: RowStart = .drawn) {
    self.optimizer = optimizer
    self.newRows = newRows
  }
}
