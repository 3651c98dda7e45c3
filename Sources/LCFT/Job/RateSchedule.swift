import Support

/// How the learning rate changes in the course of a training.
package enum RateSchedule: String, Sendable, CaseIterable {
  /// By a factor after each epoch.
  case epochs
  /// By a factor after each of a number of steps.
  case steps
  /// To 0 at the end of the last epoch, along a line or a half cosine.
  case linear
  case cosine

  /// Whether the last step is part of it.
  package var hasEnd: Bool { self == .linear || self == .cosine }
}

extension Job.Training {
  /// The learning rate after `done` steps of a training with `perEpoch` steps in each epoch:
  ///
  ///     rate      = learning_rate w d
  ///     w         = min(1, (done + 1) / N)                           N = warmup_steps
  ///     epochs: d = learning_rate_decay ^ floor(done / perEpoch)
  ///     steps:  d = learning_rate_decay ^ floor(done / decay_steps)
  ///     linear: d = 1 - p,                cosine: d = (1 + cos(pi p)) / 2,
  ///             p = (done - N) / (epochs perEpoch - N) after the warm-up
  package func rate(done: Int, perEpoch: Int) -> Double {
    var rate = learningRate
    if done < warmupSteps { rate *= Double(done + 1) / Double(warmupSteps) }
    switch schedule {
    case .epochs: for _ in 0..<done / max(perEpoch, 1) { rate *= learningRateDecay }
    case .steps: rate *= pow(learningRateDecay, Double(done / decaySteps))
    case .linear: rate *= 1 - progress(done, perEpoch)
    case .cosine: rate *= (1 + cos(.pi * progress(done, perEpoch))) / 2
    }
    return rate
  }

  private func progress(_ done: Int, _ perEpoch: Int) -> Double {
    guard done > warmupSteps else { return 0 }
    return Double(done - warmupSteps) / Double(epochs * perEpoch - warmupSteps)
  }
}
