import Foundation

extension TrainingRun {
  /// The mean loss of a model that predicts the global CTR for every sample, where an epoch's mean `loss` is so far above
  /// it that the training cannot be called one, though all its numbers are finite; nil elsewhere.
  package func constantLoss(farBelow loss: Double) -> Double? {
    guard trainer.job.loss == .crossEntropy else { return nil }
    let rate = trainer.dataset.globalCTR
    let entropy = rate > 0 && rate < 1 ? -(rate * log(rate) + (1 - rate) * log(1 - rate)) : 0
    return loss > max(5, 10 * entropy) ? entropy : nil
  }
}
