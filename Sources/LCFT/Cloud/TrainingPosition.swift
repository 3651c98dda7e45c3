/// Where a training stands between two steps.
package struct TrainingPosition: Sendable, Equatable {
  /// Mean loss of each completed epoch.
  package var losses: [Double] = []
  /// Steps done in the epoch under way.
  package var step = 0
  /// [virtual shards] sums of its losses so far; empty at its beginning.
  package var shardLosses: [Double] = []

  package init(losses: [Double] = [], step: Int = 0, shardLosses: [Double] = []) {
    self.losses = losses
    self.step = step
    self.shardLosses = shardLosses
  }

  /// The epoch under way, counted from 0.
  package var epoch: Int { losses.count }
}

/// What ranks may wish to happen after a step. The wishes travel as one number behind the gradient, so that all
/// ranks know them after the step's sum and none has to be asked.
struct StepWishes: OptionSet {
  let rawValue: Int

  /// Rank 0 finds the last checkpoint too old.
  static let checkpoint = StepWishes(rawValue: 1)
  /// A rank was asked to stop.
  static let stop = StepWishes(rawValue: 2)

  init(rawValue: Int) { self.rawValue = rawValue }

  /// One rank's wishes as a number to be added up.
  var number: Float { Float(rawValue) }

  /// What at least one of the ranks wished, from the sum of their numbers: `checkpoint` is rank 0's alone, so
  /// that a sum of up to 2^24 tells it and `stop` apart.
  init(sum: Float) {
    let sum = sum.isFinite ? Int(sum) : 0
    self = sum % 2 == 1 ? [.checkpoint] : []
    if sum >= 2 { insert(.stop) }
  }
}
