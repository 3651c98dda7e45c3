/// What ranks may request to happen after a step. The requests travel as one number in `StepVector`, so that
/// all ranks know them after the step's sum and none has to be asked.
package struct StepRequests: OptionSet, Sendable {
  package let rawValue: Int

  /// Rank 0 finds the last checkpoint too old. No other rank requests it.
  package static let checkpoint = StepRequests(rawValue: 1)
  /// A rank was asked to stop.
  package static let stop = StepRequests(rawValue: 2)

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// One rank's requests as a number to be added up: 1 for a checkpoint plus 2 for a stop.
  package var number: Float { Float(rawValue) }

  /// What at least one of the ranks requested, from the sum of their numbers. That sum is odd where rank 0
  /// requested a checkpoint, and 2 or more where a rank is to stop. Float holds it exactly up to 2^24, that
  /// is for 8 million ranks. Where a gradient is not finite the sum may not be, either: the training then
  /// ends for that.
  package init(sum: Float) {
    let sum = sum.isFinite ? Int(sum) : 0
    self = sum % 2 == 1 ? .checkpoint : []
    if sum >= 2 { insert(.stop) }
  }
}
