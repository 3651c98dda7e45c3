import IO

/// Where a training stands between two steps.
package struct TrainingPosition: Sendable, Equatable {
  /// Mean loss of each completed epoch.
  package var losses: [Double] = []
  /// Steps done in the epoch under way.
  package var step = 0
  /// [virtual shards] sums of its losses so far; empty at its beginning.
  package var shardLosses: [Double] = []

  /// How the model did on held-out samples, so far.
  package var evaluations: [Checkpoint.Evaluation] = []

  package init(
    losses: [Double] = [], step: Int = 0, shardLosses: [Double] = [],
    evaluations: [Checkpoint.Evaluation] = []
  ) {
    self.evaluations = evaluations
    self.losses = losses
    self.step = step
    self.shardLosses = shardLosses
  }

  /// The epoch under way, counted from 0.
  package var epoch: Int { losses.count }
}
