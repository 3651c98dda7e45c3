import IO
import LCFT

/// Hard correction's labels by group, chosen without some users, and what these users have under them. A group's labels are
/// the best of a grid on the held-out samples of its users, which would flatter them on the same samples.
package struct CrossFittedLabels: Sendable {
  /// Users are put into so many parts, by their rows in the data set.
  package static let parts = 5

  /// [parts] the labels that the users of the other parts choose.
  package var tables: [LabelTable.Pairs]
  /// [users] each user's AUC under the labels that the others chose.
  package var aucs: [Double]

  /// The part of the user in row `user`.
  package static func part(ofUser user: Int) -> Int { user % parts }
}

extension SearchScores {
  /// Chooses labels for each part of `users`, rows of the data set, out of the points of `entry`, by the other parts.
  package func crossFit(
    _ entry: SearchPlan.Entry, points: [SearchPoint], users: [Int], intervals: CTRIntervals
  ) -> CrossFittedLabels {
    var fitted = CrossFittedLabels(tables: [], aucs: [Double](repeating: .nan, count: users.count))
    for part in 0..<CrossFittedLabels.parts {
      let isOwn = users.map { CrossFittedLabels.part(ofUser: $0) == part }
      let others = of(users.indices.filter { !isOwn[$0] })
      let choice = others.chooseLabels(entry.points, plain: entry.plain ?? 0, intervals: intervals)
      let labels = choice.points.map { points[$0].labels ?? .plain }
      fitted.tables.append(
        LabelTable.Pairs(
          edges: [0] + intervals.edges + [1], alpha: labels.map(\.alpha), beta: labels.map(\.beta)))
      for user in users.indices where isOwn[user] {
        fitted.aucs[user] = aucs[choice.points[intervals.index(of: localCTR[user])]][user]
      }
    }
    return fitted
  }

  /// Those of some of the users.
  private func of(_ users: [Int]) -> SearchScores {
    SearchScores(
      localCTR: users.map { localCTR[$0] }, weight: users.map { weight[$0] },
      aucs: aucs.map { point in users.map { point[$0] } })
  }
}
