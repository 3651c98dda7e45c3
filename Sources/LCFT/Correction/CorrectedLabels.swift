import IO

/// The labels that stand for a user's positive and negative samples, and the shift of the logits under them.
package struct CorrectedLabels: Sendable, Equatable {
  /// Label of positives.
  package var alpha: Double
  /// Label of negatives.
  package var beta: Double
  /// What is added to the logits while fine-tuning.
  package var logitOffset = 0.0
  package var status: Results.LabelStatus

  package init(alpha: Double, beta: Double, status: Results.LabelStatus) {
    self.alpha = alpha
    self.beta = beta
    self.status = status
  }

  /// The samples' own labels.
  package static let plain = CorrectedLabels(alpha: 1, beta: 0, status: .uncorrected)

  /// The label that stands for a sample's own, 0 or 1.
  @inline(__always)
  func label(of own: Float) -> Float { Float(own > 0 ? alpha : beta) }
}
