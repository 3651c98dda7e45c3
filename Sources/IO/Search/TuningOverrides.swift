/// Settings of one method's fine-tuning that replace those for all methods; nil: not replaced.
package struct TuningOverrides: Sendable, Equatable, CustomStringConvertible {
  package var learningRate: Double?
  package var epochs: Int?
  package var batchSize: Int?
  /// The pull towards the cloud model's weights.
  package var mu: Double?
  /// The fine-tuned model's share of the logit.
  package var share: Double?

  package init(
    learningRate: Double? = nil, epochs: Int? = nil, batchSize: Int? = nil, mu: Double? = nil,
    share: Double? = nil
  ) {
    self.learningRate = learningRate
    self.epochs = epochs
    self.batchSize = batchSize
    self.mu = mu
    self.share = share
  }

  /// Whether nothing is replaced.
  package var isEmpty: Bool { self == TuningOverrides() }

  /// As a mapping in YAML.
  package var description: String { "{\(list)}" }

  /// The entries of the mapping.
  package var list: String {
    let parts = [
      learningRate.map { "learning_rate: \($0)" }, epochs.map { "epochs: \($0)" },
      batchSize.map { "batch_size: \($0)" },
      mu.map { "mu: \($0)" }, share.map { "share: \($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
