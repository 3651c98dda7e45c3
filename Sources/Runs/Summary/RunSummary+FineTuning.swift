import IO
import LCFT

extension RunSummary {
  /// What a fine-tuning adds to a summary; empty on ranks other than 0.
  package struct FineTuning {
    package var resultsDigest: String?
    package var users: Users?
    package var methods: [String: MethodScores]?
    /// Nil where no method shrinks local CTRs.
    package var localCTRPrior: BetaPrior?
    /// Over the users without training samples, and over all with test samples; nil where there are no such users.
    package var cloudOfUntrained: RunSummary.CloudScores?
    package var cloudOfAll: RunSummary.CloudScores?
    package var significance: [Results.Comparison]?
    package var times: FineTuningTimes?

    /// `results` and `times` are nil on ranks other than 0.
    init(
      _ results: Results?, prior: BetaPrior?, times: (parts: FineTuningTimes, usersPerSecond: [Double])?
    ) {
      self.times = times?.parts
      guard let results else { return }
      localCTRPrior = prior
      resultsDigest = results.contentDigest()
      users = Users(
        evaluated: results.users.row.count, undefinedAUC: results.methods.first?.summary.undefinedAUC ?? 0)
      let rates = times?.usersPerSecond ?? []
      methods = Dictionary(
        uniqueKeysWithValues: results.methods.enumerated().map { index, method in
          (
            method.name,
            MethodScores(
              method, results.measureSettings,
              usersPerSecond: rates.indices.contains(index) ? rates[index] : nil)
          )
        })
      if let untrained = results.untrained {
        cloudOfUntrained = RunSummary.CloudScores(
          untrained.summary, results.measureSettings, users: untrained.row.count)
        cloudOfAll = RunSummary.CloudScores(
          untrained.summaryOfAll, results.measureSettings,
          users: untrained.row.count + results.users.row.count)
      }
      significance = results.significance?.comparisons
    }
  }
}

extension RunSummary.MethodScores {
  init(_ method: Results.Method, _ settings: Results.MeasureSettings?, usersPerSecond: Double?) {
    self.init(
      userAUC: method.summary.userAUC.finite, userAUCUnweighted: method.summary.userAUCUnweighted.finite,
      pooledAUC: method.summary.pooledAUC.finite, logloss: method.summary.logLoss.finite,
      aucUsers: method.aucUsers, scoredUsers: method.scoredUsers,
      undefinedAUC: method.summary.undefinedAUC, undefinedLabels: method.summary.undefinedLabels,
      measures: RunSummary.Measures(method.summary.measures, settings),
      common: method.summary.common.map { RunSummary.CommonScores($0, settings) },
      diverged: method.divergedUsers,
      usersPerSecond: usersPerSecond)
  }
}

extension RunSummary.CommonScores {
  init(_ scores: Results.CommonScores, _ settings: Results.MeasureSettings?) {
    self.init(
      users: scores.users, aucUsers: scores.aucUsers, userAUC: scores.userAUC.finite,
      userAUCUnweighted: scores.userAUCUnweighted.finite, pooledAUC: scores.pooledAUC.finite,
      logloss: scores.logLoss.finite, measures: RunSummary.Measures(scores.measures, settings))
  }
}

extension RunSummary.Measures {
  init?(_ measures: Results.Measures?, _ settings: Results.MeasureSettings?) {
    guard let measures, let settings else { return nil }
    self.init(
      loglossPerUser: measures.logLossPerUser.finite, calibration: measures.calibration.finite,
      ece: measures.calibrationError.finite)
    guard let own = measures.ranking, own.lists > 0 else { return }
    func byCutoff(_ values: [Double]) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: zip(settings.cutoffs.map(String.init), values))
    }
    ranking = RunSummary.Ranking(
      lists: own.lists, listCandidates: own.candidates, mrr: own.mrr, ndcg: byCutoff(own.ndcg),
      hitRate: byCutoff(own.hitRate))
  }
}

extension RunSummary.CloudScores {
  init(_ summary: Results.Summary, _ settings: Results.MeasureSettings?, users: Int) {
    self.init(
      users: users, userAUC: summary.userAUC.finite, userAUCUnweighted: summary.userAUCUnweighted.finite,
      pooledAUC: summary.pooledAUC.finite, logloss: summary.logLoss.finite,
      undefinedAUC: summary.undefinedAUC, measures: RunSummary.Measures(summary.measures, settings))
  }
}

extension Double {
  /// JSON has no infinities and no NaN.
  var finite: Double? { isFinite ? self : nil }
}

extension Results.Comparison: Encodable {
  private enum CodingKeys: CodingKey {
    case method, against, users, difference, low, high, up, same, down
  }

  /// Numbers that are not known, where no user has an AUC under both methods, are left out.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    try container.encode(against, forKey: .against)
    try container.encode(users, forKey: .users)
    for (key, value) in [
      (CodingKeys.difference, difference), (.low, low), (.high, high), (.up, up), (.same, same),
      (.down, down),
    ] { try container.encodeIfPresent(value.finite, forKey: key) }
  }
}
