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

/// What ranks may request to happen after a step. The requests travel as one number behind the gradient, so that all
/// ranks know them after the step's sum and none has to be asked.
package struct StepRequests: OptionSet {
  package let rawValue: Int

  /// Rank 0 finds the last checkpoint too old.
  static let checkpoint = StepRequests(rawValue: 1)
  /// A rank was asked to stop.
  static let stop = StepRequests(rawValue: 2)

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// One rank's requests as a number to be added up.
  var number: Float { Float(rawValue) }

  /// What at least one of the ranks requested, from the sum of their numbers: `checkpoint` is rank 0's alone, so
  /// that a sum of up to 2^24 tells it and `stop` apart.
  init(sum: Float) {
    let sum = sum.isFinite ? Int(sum) : 0
    self = sum % 2 == 1 ? [.checkpoint] : []
    if sum >= 2 { insert(.stop) }
  }
}
