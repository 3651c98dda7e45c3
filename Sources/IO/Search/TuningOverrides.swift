/// Settings of one method's fine-tuning that replace those for all methods; nil: not replaced.
package struct TuningOverrides: Sendable, Equatable, CustomStringConvertible {
  package var learningRate: Double?
  package var epochs: Int?
  package var batchSize: Int?

  package init(learningRate: Double? = nil, epochs: Int? = nil, batchSize: Int? = nil) {
    self.learningRate = learningRate
    self.epochs = epochs
    self.batchSize = batchSize
  }

  /// Whether nothing is replaced.
  package var isEmpty: Bool { self == TuningOverrides() }

  /// As a mapping in YAML.
  package var description: String {
    let parts = [
      learningRate.map { "learning_rate: \($0)" }, epochs.map { "epochs: \($0)" },
      batchSize.map { "batch_size: \($0)" },
    ]
    return "{" + parts.compactMap { $0 }.joined(separator: ", ") + "}"
  }
}
