import IO

extension TrainingRun {
  /// How a training is judged on held-out samples as it goes.
  package struct Judging {
    let evaluator: CloudEvaluator
    let rule: Job.Validation
    /// Keeps the model of the best evaluation so far; called on all ranks, which hold the whole model.
    package var keepBest: (TrainingPosition) throws -> Void = { _ in }

    /// `evaluator` scores what `rule` asks to hold out.
    package init(_ evaluator: CloudEvaluator, _ rule: Job.Validation) {
      self.evaluator = evaluator
      self.rule = rule
    }

    /// Whether the model is judged after `steps` steps of the training, within an epoch.
    func isDue(steps: Int) -> Bool { rule.everySteps.map { steps % $0 == 0 } ?? false }
  }

  /// Whether the training at `position` ends before its last epoch.
  func isEnded(_ position: TrainingPosition) -> Bool {
    judging?.rule.ends(after: position.evaluations) ?? false
  }

  /// Judges the model at `position`, and adds that to it.
  func evaluate(_ position: inout TrainingPosition) throws {
    guard let judging else { return }
    let (evaluator, steps) = (judging.evaluator, position.epoch * trainer.stepsPerEpoch + position.step)
    // What is scored, and kept where it is the best, is a model as one would use it.
    if position.step > 0 { try trainer.setUnseenRows() }
    try report(.evaluationBegins(steps: steps, samples: evaluator.sampleCount))
    let evaluation = try evaluator.evaluate(epoch: position.epoch, step: steps) {
      try report(.evaluationGoesOn(samples: $0))
    }
    position.evaluations.append(evaluation)
    let isBest = judging.rule.best(of: position.evaluations) == position.evaluations.count - 1
    try report(.evaluationEnds(evaluation, samples: evaluator.sampleCount, isBest: isBest))
    guard isBest else { return }
    if position.step > 0 { try keepShardLosses(&position) }
    try judging.keepBest(position)
  }

  /// Brings what a checkpoint within an epoch needs to every rank.
  func keepShardLosses(_ position: inout TrainingPosition) throws {
    position.shardLosses = try trainer.shardLosses()
    try trainer.shareUserRows()
  }
}

/// The training ends within an epoch because nothing got better for long enough.
struct EarlyEnd: Error {}
