/// Why a training cannot begin or continue.
package enum TrainingError: Error, CustomStringConvertible {
  case noSamples
  /// The learning rate would never reach what the job says.
  case warmUp(steps: Int, of: Int)
  /// No epochs, and no model to go on from.
  case noEpochs
  case diverged(epoch: Int, step: Int, learningRate: Double, lastCheckpoint: String)

  package var description: String {
    switch self {
    case .noSamples:
      "the data set has no training samples; choose another split"
    case .warmUp(let steps, let all):
      "training.warmup_steps is \(steps), but the whole training has \(all) steps; give fewer, or more training.epochs"
    case .noEpochs:
      "training.epochs is 0, so that there would be no model; give it 1 or more, or lcft train --warm-start a model"
    case .diverged(let epoch, let step, let learningRate, let lastCheckpoint):
      "the training loss is not finite in epoch \(epoch), step \(step), at learning rate \(learningRate); "
        + "lower training.learning_rate (\(lastCheckpoint))"
    }
  }
}

extension Job.Training {
  /// Throws `TrainingError` where there is nothing to train on, or the warm-up is longer than the training on so many
  /// samples.
  package func check(samples: Int) throws(TrainingError) {
    let steps = StepSchedule(counts: [samples], batchSize: batchSize).steps
    guard steps > 0 else { throw .noSamples }
    let all = steps.multipliedReportingOverflow(by: epochs)
    if epochs > 0 && !all.overflow && warmupSteps > all.partialValue {
      throw .warmUp(steps: warmupSteps, of: all.partialValue)
    }
  }
}
