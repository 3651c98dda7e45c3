import IO
import Models
import Support

/// The scores of one method over some of the evaluated users.
private struct UserScores {
  private(set) var userAUC = UserAUC()
  private var sum = 0.0
  private(set) var aucUsers = 0
  private(set) var pooledAUC = Double.nan
  private(set) var logLoss = Double.nan

  var unweighted: Double { sum / Double(aucUsers) }

  /// `aucs` is [users]; `logits` and `labels` are the test samples of the users one after the other, user u's from
  /// `offsets[u]` on, empty where they are not known. User AUCs are over the users that `hasAUC`, the others over
  /// those that `isScored`: one score that is not a number would spoil the sums over all samples.
  init(
    aucs: Column<Double>, samples: (Int) -> Double, logits: Column<Float>, labels: Column<UInt8>,
    offsets: Column<Int64>, hasAUC: (Int) -> Bool, isScored: (Int) -> Bool
  ) {
    for users in Pieces(aucs.count, bytesPerRow: 2 * MemoryLayout<Double>.stride) {
      for user in users where hasAUC(user) {
        userAUC.add(aucs[user], samples: samples(user))
        sum += aucs[user]
        aucUsers += 1
      }
    }
    guard !offsets.isEmpty else { return }
    let (loss, samples) = UserScores.loss(logits, labels, offsets, isScored)
    logLoss = loss / Double(samples)
    pooledAUC = PooledAUC(scores: logits, labels: labels, offsets: offsets)
      .value(samples: samples, isScored: isScored)
  }

  /// The sum of the cross entropy over the samples of the users that are scored, and their number.
  private static func loss(
    _ logits: Column<Float>, _ labels: Column<UInt8>, _ offsets: Column<Int64>, _ isScored: (Int) -> Bool
  ) -> (sum: Double, samples: Int) {
    var (sum, samples) = (0.0, 0)
    UserParts.inOrder(offsets.count - 1) { users in
      var (sum, samples) = (0.0, 0)
      for user in users where isScored(user) {
        for row in Int(offsets[user])..<Int(offsets[user + 1]) {
          sum += Loss.crossEntropy.value(logit: Double(logits[row]), label: Double(labels[row]))
        }
        samples += Int(offsets[user + 1] - offsets[user])
      }
      return (sum, samples)
    } take: {
      sum += $0.0
      samples += $0.1
    }
    return (sum, samples)
  }
}

extension Results.Summary {
  /// The scores of one method over all evaluated users whose scores are numbers: `aucs`, `aucStatus` and
  /// `labelStatus` are [users]; `logits` and `labels` are the test samples of the users one after the other, user
  /// u's from `offsets[u]` on. The count of users without an AUC shows that some were left out.
  init(
    aucs: Column<Double>, aucStatus: Column<Results.AUCStatus>, labelStatus: Column<Results.LabelStatus>,
    logits: Column<Float>, labels: Column<UInt8>, offsets: Column<Int64>
  ) {
    let scores = UserScores(
      aucs: aucs, samples: { Double(offsets[$0 + 1] - offsets[$0]) }, logits: logits, labels: labels,
      offsets: offsets, hasAUC: { aucStatus[$0] == .defined }, isScored: { aucStatus[$0] != .notFinite })
    self.init(
      userAUC: scores.userAUC.value, userAUCUnweighted: scores.unweighted, pooledAUC: scores.pooledAUC,
      logLoss: scores.logLoss, undefinedAUC: aucs.count - scores.aucUsers,
      undefinedLabels: labelStatus.count { $0 == .undefined })
  }
}

extension Results {
  /// With the scores over the users that every method covers, where the methods do not all cover the same ones: what
  /// results of versions before 0.2 do not hold.
  package func withCommonScores() -> Results {
    let isKnown = methods.allSatisfy { $0.summary.common != nil }
    guard let first = methods.first, !isKnown, methods.contains(where: { $0.aucStatus != first.aucStatus })
    else { return self }
    let users = first.aucStatus.count
    let isScored = { (user: Int) in methods.allSatisfy { $0.aucStatus[user] != .notFinite } }
    let isDefined = { (user: Int) in methods.allSatisfy { $0.aucStatus[user] == .defined } }
    let scored = Column.numbers(below: users, where: isScored)
    var results = self
    for (index, method) in methods.enumerated() {
      let logits = predictions == nil ? nil : method.predictions
      let scores = UserScores(
        aucs: method.auc, samples: { Double(self.users.testCount[$0]) }, logits: logits ?? [],
        labels: predictions?.label ?? [], offsets: logits == nil ? [] : predictions?.offsets ?? [],
        hasAUC: isDefined, isScored: isScored)
      results.methods[index].summary.common = CommonScores(
        users: scored.count, aucUsers: scores.aucUsers, userAUC: scores.userAUC.value,
        userAUCUnweighted: scores.unweighted, pooledAUC: scores.pooledAUC, logLoss: scores.logLoss)
      if let predictions, let logits, let own = method.measures, let measureSettings {
        results.methods[index].summary.common?.measures = Measures(
          own, over: scored, logits: logits, predictions, lists: lists,
          bins: measureSettings.bins)
      }
    }
    return results
  }
}
