import IO
import Models

/// The scores of a method over all evaluated users.
enum MethodSummary {
  /// `logits` and `labels` are the test samples of the users one after the other, user u's from
  /// `offsets[u]` on.
  static func summarize(
    _ outcomes: [MethodOutcome], logits: [Float], labels: [UInt8], offsets: [Int64]
  ) -> Results.Summary {
    var weighted = 0.0
    var weights = 0.0
    var sum = 0.0
    var defined = 0
    for (user, outcome) in outcomes.enumerated() where outcome.aucStatus == .defined {
      let size = Double(offsets[user + 1] - offsets[user])
      weighted += size * outcome.auc
      weights += size
      sum += outcome.auc
      defined += 1
    }
    var logLoss = 0.0
    for (logit, label) in zip(logits, labels) {
      logLoss += Loss.crossEntropy.value(logit: Double(logit), label: Double(label))
    }
    var metric = AUC()
    let pooled = metric.evaluate(scores: logits, labels: labels, count: labels.count)
    return Results.Summary(
      userAUC: weighted / weights, userAUCUnweighted: sum / Double(defined), pooledAUC: pooled.value,
      logLoss: logLoss / Double(labels.count), undefinedAUC: outcomes.count - defined,
      undefinedLabels: outcomes.count { $0.labels.status == .undefined })
  }
}
