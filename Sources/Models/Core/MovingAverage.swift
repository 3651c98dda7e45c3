import Support

/// How the moving statistics of normalisations follow those of the batches. In step t, from 1 on,
///
///     m <- kept m + (1 - kept) batch's,    kept = momentum
///
/// or corrected for what m begins with, as Adam corrects its moments:
///
///     kept = momentum (1 - momentum^(t - 1)) / (1 - momentum^t)
///
/// Then m is a weighted mean of the batches' statistics alone from the first step on, whose weights fall by momentum from
/// each batch to the one before. Without the correction m holds momentum^t of what it began with.
package struct MovingAverage: Sendable, Equatable {
  /// In [0, 1); the reference implementation's framework's default.
  package var momentum: Double
  package var corrected: Bool

  package init(momentum: Double = 0.99, corrected: Bool = false) {
    self.momentum = momentum
    self.corrected = corrected
  }

  /// The share of itself that m keeps in step `step`.
  package func kept(step: Int) -> Double {
    precondition(step > 0, "steps count from 1")
    guard corrected else { return momentum }
    return momentum * (1 - pow(momentum, Double(step - 1))) / (1 - pow(momentum, Double(step)))
  }
}
