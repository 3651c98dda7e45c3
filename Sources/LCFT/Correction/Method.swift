/// A way to treat one user's model: on which labels it is fine-tuned, and which of its weights, if at all.
/// docs/methods.md has the formula of each.
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
  /// As soft1 and soft2, with the mean of the cloud model's predictions on the user's training samples in place
  /// of the global CTR.
  case balanced1
  case balanced2
  /// As the methods of these names, with the local CTR as `BetaPrior` estimates it.
  case shrunkenSoft1 = "shrunken_soft1"
  case shrunkenSoft2 = "shrunken_soft2"
  case shrunkenBalanced1 = "shrunken_balanced1"
  case shrunkenBalanced2 = "shrunken_balanced2"
  /// Labels as they are; the weights are pulled towards the cloud model's: mu / 2 ||theta - theta_cloud||^2
  /// joins the loss.
  case proximal
  /// Fine-tuned as local; scores by the logits of the cloud model and of the fine-tuned one, mixed.
  case averaged
  /// The cloud model, to which the user is unknown: in the user's row stands the mean of all users'.
  case cloudWithoutUser = "cloud_without_user"
  /// No model: the item's click rate over all users' training samples (`ItemPopularity`).
  case popularity
  /// The method that is best on held-out training samples of all users (`MethodChoice`), or else the cloud model.
  case lcft
  /// The same for each group of users by local CTR.
  case lcftByCTR = "lcft_by_ctr"

  /// What a fine-tuning changes.
  package var trainedWeights: TrainedWeights {
    switch self {
    case .cloud, .grouped, .cloudWithoutUser, .popularity: .nothing
    case .biasOnly: .outputBias
    case .denseOnly: .dense
    case .embeddingsOnly: .embeddings
    case .local, .soft1, .soft2, .hard, .priorOffset, .balanced1, .balanced2, .shrunkenSoft1, .shrunkenSoft2,
      .shrunkenBalanced1, .shrunkenBalanced2, .proximal, .averaged, .lcft, .lcftByCTR:
      .all
    }
  }

  /// Whether the method fine-tunes at all.
  package var fineTunes: Bool { trainedWeights != .nothing }

  /// Whether the method stands for another one, which held-out training samples choose (`Job.method(_:ofLocalCTR:)`).
  package var isChoice: Bool { self == .lcft || self == .lcftByCTR }

  /// The methods that a choice may try.
  package static var choosable: [Method] { allCases.filter { $0.fineTunes && !$0.isChoice } }

  /// How the method corrects labels by a formula; nil where it does not.
  package var correction: CorrectionRule? {
    switch self {
    case .soft1: CorrectionRule(gap: .narrows)
    case .soft2: CorrectionRule(gap: .widens)
    case .balanced1: CorrectionRule(gap: .narrows, target: .meanPrediction)
    case .balanced2: CorrectionRule(gap: .widens, target: .meanPrediction)
    case .shrunkenSoft1: CorrectionRule(gap: .narrows, estimate: .shrunken)
    case .shrunkenSoft2: CorrectionRule(gap: .widens, estimate: .shrunken)
    case .shrunkenBalanced1: CorrectionRule(gap: .narrows, target: .meanPrediction, estimate: .shrunken)
    case .shrunkenBalanced2: CorrectionRule(gap: .widens, target: .meanPrediction, estimate: .shrunken)
    default: nil
    }
  }

  /// Whether the method cannot be used with one user's training samples and the cloud model alone.
  package var needsAllSamples: Bool { self == .popularity || correction?.estimate == .shrunken }

  /// mu where no setting says it: a pull that counts after some ten steps of the rate 0.01.
  var usualMu: Double { self == .proximal ? 10 : 0 }

  /// The fine-tuned model's share of the logit where no setting says it.
  var usualShare: Double { self == .averaged ? 0.5 : 1 }
}

/// The weights that a fine-tuning changes.
package enum TrainedWeights: Sendable {
  case nothing
  case outputBias
  case dense
  case embeddings
  case all
}
