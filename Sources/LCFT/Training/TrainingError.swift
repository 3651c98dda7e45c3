/// Why a training cannot begin or continue.
package enum TrainingError: Error, CustomStringConvertible {
  case noSamples
  /// No epochs, and no model to go on from.
  case noEpochs
  case diverged(epoch: Int, step: Int, learningRate: Double, lastCheckpoint: String)

  package var description: String {
    switch self {
    case .noSamples:
      "the data set has no training samples; choose another split"
    case .noEpochs:
      "training.epochs is 0, so that there would be no model; give it 1 or more, or lcft train --warm-start a model"
    case .diverged(let epoch, let step, let learningRate, let lastCheckpoint):
      "the training loss is not finite in epoch \(epoch), step \(step), at learning rate \(learningRate); "
        + "lower training.learning_rate (\(lastCheckpoint))"
    }
  }
}
