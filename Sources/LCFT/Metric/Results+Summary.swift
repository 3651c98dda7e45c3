import IO
import Models

extension Results.Summary {
  /// The scores of one method over all evaluated users: `aucs`, `aucStatus` and `labelStatus` are [users];
  /// `logits` and `labels` are the test samples of the users one after the other, user u's from `offsets[u]`
  /// on.
  init(
    aucs: [Double], aucStatus: [Results.AUCStatus], labelStatus: [Results.LabelStatus], logits: [Float],
    labels: [UInt8], offsets: [Int64]
  ) {
    var average = UserAUC()
    var sum = 0.0
    var defined = 0
    for user in aucs.indices where aucStatus[user] == .defined {
      average.add(aucs[user], samples: Double(offsets[user + 1] - offsets[user]))
      sum += aucs[user]
      defined += 1
    }
    // One score that is no number would spoil the sums over all samples. Such users are left out of them, and
    // the count of users without an AUC shows that there are some.
    var logLoss = 0.0
    var finiteLogits: [Float] = []
    var finiteLabels: [UInt8] = []
    for user in aucs.indices where aucStatus[user] != .notFinite {
      for row in Int(offsets[user])..<Int(offsets[user + 1]) {
        logLoss += Loss.crossEntropy.value(logit: Double(logits[row]), label: Double(labels[row]))
        finiteLogits.append(logits[row])
        finiteLabels.append(labels[row])
      }
    }
    var metric = AUC()
    let pooled = metric.evaluate(scores: finiteLogits, labels: finiteLabels, count: finiteLabels.count)
    self.init(
      userAUC: average.value, userAUCUnweighted: sum / Double(defined), pooledAUC: pooled.value,
      logLoss: logLoss / Double(finiteLabels.count), undefinedAUC: aucs.count - defined,
      undefinedLabels: labelStatus.count { $0 == .undefined })
  }
}
