/// A way to treat one user's model: on which labels it is fine-tuned, and which of its weights, if at all.
package enum Method: String, Sendable, CaseIterable {
  /// The cloud model as it is.
  case cloud
  /// Fine-tuned on the labels as they are.
  case local
  /// Label correction that narrows the gap between the labels.
  case soft1
  /// Label correction that widens it.
  case soft2
  /// Labels looked up by the user's local CTR in a table that a search on held-out samples made.
  case hard
  /// Labels as they are; only the bias of the logit is fine-tuned.
  case biasOnly = "bias_only"
  /// Labels as they are; the embeddings stay the cloud model's.
  case denseOnly = "dense_only"
  /// Labels as they are; the dense weights stay the cloud model's.
  case embeddingsOnly = "embeddings_only"
  /// Labels as they are; while fine-tuning, logits are shifted by logit(w) - logit(w_g), so that the shift,
  /// not the model, accounts for the user's local CTR.
  case priorOffset = "prior_offset"
  /// No fine-tuning for the user alone: the model that was fine-tuned for the user's group (`Job.Grouping`).
  case grouped

  /// What a fine-tuning changes.
  package var trainedWeights: TrainedWeights {
    switch self {
    case .cloud, .grouped: .nothing
    case .biasOnly: .outputBias
    case .denseOnly: .dense
    case .embeddingsOnly: .embeddings
    case .local, .soft1, .soft2, .hard, .priorOffset: .all
    }
  }

  /// Whether the method fine-tunes at all.
  package var fineTunes: Bool { trainedWeights != .nothing }
}

/// The weights that a fine-tuning changes.
package enum TrainedWeights: Sendable {
  case nothing
  case outputBias
  case dense
  case embeddings
  case all
}
