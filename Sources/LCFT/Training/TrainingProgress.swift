import IO

/// What a training reports as it goes, on every rank alike. Epochs are counted from 0, steps within their
/// epoch from 1.
package enum TrainingProgress: Sendable, Equatable {
  /// An epoch begins, or is resumed after `done` of its `steps` steps.
  case epochBegins(epoch: Int, done: Int, steps: Int)
  /// A step is done; `loss` is its mean loss.
  case stepEnds(epoch: Int, step: Int, loss: Double)
  /// All steps of an epoch are done; `loss` is the epoch's mean loss.
  case epochEnds(epoch: Int, loss: Double)
  /// Held-out samples are scored, after `steps` steps of the whole training.
  case evaluationBegins(steps: Int, samples: Int)
  /// About as many of them are done.
  case evaluationGoesOn(samples: Int)
  /// All are; `isBest`: no earlier evaluation is as good.
  case evaluationEnds(Checkpoint.Evaluation, samples: Int, isBest: Bool)
}
