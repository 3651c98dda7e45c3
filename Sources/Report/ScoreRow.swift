import IO
import LCFT

/// The scores of a method over some users: a row of the table of all scores.
struct ScoreRow {
  private let method: String
  private let population: String
  private let userAUC: Spread
  private let unweighted: Spread
  private let aucUsers: [Int]
  private let pooledAUC: Spread
  private let logLoss: Spread
  private let scoredUsers: [Int]
  /// Nil where it is not counted.
  private let undefinedLabels: [Int]?

  /// Over the users that the method itself covers.
  init(_ method: String, of configuration: Configuration) {
    func score(_ path: KeyPath<Results.Summary, Double>) -> Spread {
      configuration.score(method) { $0.summary[keyPath: path] }
    }
    self.method = method
    population = ReportTables.own
    (userAUC, unweighted) = (score(\.userAUC), score(\.userAUCUnweighted))
    (pooledAUC, logLoss) = (score(\.pooledAUC), score(\.logLoss))
    aucUsers = configuration.counts(method, \.aucUsers)
    scoredUsers = configuration.counts(method, \.scoredUsers)
    undefinedLabels = configuration.counts(method, \.summary.undefinedLabels)
  }

  /// Over the users that every method covers.
  init(common method: String, of configuration: Configuration) {
    func score(_ path: KeyPath<Results.CommonScores, Double>) -> Spread {
      configuration.commonScore(method) { $0[keyPath: path] }
    }
    self.method = method
    population = ReportTables.common
    (userAUC, unweighted) = (score(\.userAUC), score(\.userAUCUnweighted))
    (pooledAUC, logLoss) = (score(\.pooledAUC), score(\.logLoss))
    aucUsers = configuration.commonCounts(\.aucUsers)
    scoredUsers = configuration.commonCounts(\.users)
    undefinedLabels = nil
  }

  /// Of the cloud model over `users` of each run, of which `summaries` are.
  private init(_ population: String, _ users: [Int], _ summaries: [Results.Summary]) {
    func score(_ path: KeyPath<Results.Summary, Double>) -> Spread {
      Spread(summaries.map { $0[keyPath: path] })
    }
    method = Method.cloud.rawValue
    self.population = population
    (userAUC, unweighted) = (score(\.userAUC), score(\.userAUCUnweighted))
    (pooledAUC, logLoss) = (score(\.pooledAUC), score(\.logLoss))
    aucUsers = zip(users, summaries).map { $0 - $1.undefinedAUC }
    scoredUsers = users
    undefinedLabels = nil
  }

  static let allTestUsers = "all with test samples"
  static let untrainedUsers = "without training samples"

  /// The cloud model over all users with test samples, and over those of them that have no training samples; none where
  /// there are no such users.
  static func ofAllTestUsers(_ configuration: Configuration) -> [ScoreRow] {
    let found = configuration.untrained
    guard !found.isEmpty else { return [] }
    let evaluated = configuration.users.row.count
    return [
      ScoreRow(allTestUsers, found.map { $0.row.count + evaluated }, found.map(\.summaryOfAll)),
      ScoreRow(untrainedUsers, found.map(\.row.count), found.map(\.summary)),
    ]
  }

  /// In the order of the table's columns, from the method on.
  var cells: [ReportTable.Cell] {
    let labels = undefinedLabels.map { ReportTable.Cell(users: $0) } ?? .init(data: "", text: "-")
    return [.init(method), .init(population)] + .spread(userAUC, 4) + .spread(unweighted, 4)
      + [.init(users: aucUsers)] + .spread(pooledAUC, 4) + .spread(logLoss, 4)
      + [.init(users: scoredUsers), labels]
  }
}
