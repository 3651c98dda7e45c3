import IO

extension Job {
  /// How the cloud model is judged while it is trained: on the last training samples of each user, which are held out of
  /// its training.
  package struct Validation: Sendable, Equatable {
    /// The share of each user's training samples that is held out; nil: none, and nothing is judged.
    package var last: Double?
    /// Within an epoch, after so many steps of the training; nil: after epochs alone.
    package var everySteps: Int?
    package var metric = Metric.userAUC
    /// The training ends after so many evaluations in turn without a better one; nil: at its last epoch.
    package var patience: Int?

    /// What makes one evaluation better than another.
    package enum Metric: String, Sendable, CaseIterable {
      case userAUC = "user_auc"
      case logLoss = "log_loss"
    }
  }

  static var validationSection: JobSection {
    JobSection(
      "validation",
      "How the cloud model is judged while it is trained: on each user's last training samples, which it then does not "
        + "see. With this section the cloud model of a run is the best one, `checkpoint-best.h5`. Fine-tuning takes all "
        + "training samples of a user, as without it.",
      [
        JobSetting(
          "last", \.validation.last, .optional(.number(0.01...0.99)), affects: .cloudModel,
          "Share of each user's training samples, the last ones, that is held out. User AUC, log loss and calibration "
            + "(predicted over true CTR) on them are reported after each epoch."),
        JobSetting(
          "every_steps", \.validation.everySteps, .optional(.integer(1...1_000_000_000)),
          affects: .cloudModel,
          when: .validation, "Also within epochs, after this many steps of the training."),
        JobSetting(
          "metric", \.validation.metric, .choice(Validation.Metric.allCases), affects: .cloudModel,
          when: .validation,
          "What makes a model the best one: the highest user AUC or the lowest log loss; of equal ones the first."
        ),
        JobSetting(
          "patience", \.validation.patience, .optional(.integer(1...1_000_000)), affects: .searches,
          when: .validation,
          "The training ends after this many evaluations in a row without a better one. A training that ended may be "
            + "resumed with more."),
      ])
  }
}

extension SettingCondition {
  fileprivate static var validation: SettingCondition {
    SettingCondition(
      words: "with last", holds: { $0.validation.last != nil },
      refusal: { _ in "needs last, the share of training samples to judge by" })
  }
}

extension Job.Validation {
  /// The place of the best of `evaluations`, the first of equal ones; nil where none can be compared.
  package func best(of evaluations: [Checkpoint.Evaluation]) -> Int? {
    var best: (place: Int, score: Double)?
    for (place, evaluation) in evaluations.enumerated() {
      guard let score = score(of: evaluation), !score.isNaN else { continue }
      if best == nil || score > best!.score { best = (place, score) }
    }
    return best?.place
  }

  /// Whether a training with these evaluations, in their order, ends before its last epoch.
  package func ends(after evaluations: [Checkpoint.Evaluation]) -> Bool {
    guard let patience, let best = best(of: evaluations) else { return false }
    return evaluations.count - 1 - best >= patience
  }

  /// What must be as high as possible; nil where it is not known.
  private func score(of evaluation: Checkpoint.Evaluation) -> Double? {
    switch metric {
    case .userAUC: evaluation.userAUC
    case .logLoss: -evaluation.logLoss
    }
  }
}
