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
    // A user whose scores are not numbers would take the sums over all samples along; the count of users
    // without an AUC tells of such users.
    var logLoss = 0.0
    var finiteLogits: [Float] = []
    var finiteLabels: [UInt8] = []
    for (user, outcome) in outcomes.enumerated() where outcome.aucStatus != .notFinite {
      for row in Int(offsets[user])..<Int(offsets[user + 1]) {
        logLoss += Loss.crossEntropy.value(logit: Double(logits[row]), label: Double(labels[row]))
        finiteLogits.append(logits[row])
        finiteLabels.append(labels[row])
      }
    }
    var metric = AUC()
    let pooled = metric.evaluate(scores: finiteLogits, labels: finiteLabels, count: finiteLabels.count)
    return Results.Summary(
      userAUC: weighted / weights, userAUCUnweighted: sum / Double(defined), pooledAUC: pooled.value,
      logLoss: logLoss / Double(finiteLabels.count), undefinedAUC: outcomes.count - defined,
      undefinedLabels: outcomes.count { $0.labels.status == .undefined })
  }
}
