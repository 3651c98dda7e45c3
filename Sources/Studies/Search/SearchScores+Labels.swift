import IO
import LCFT

/// A choice of labels by group, out of a search's points.
package struct LabelChoice {
  var intervals: CTRIntervals
  /// [groups][users of the group]
  package var members: [[Int]]
  /// [groups] the chosen point.
  package var points: [Int]
  /// [users] each user's AUC under the labels chosen for the user's group.
  package var aucs: [Double]
}

extension SearchScores {
  /// For each group of users the point, out of `points`, with the best user AUC; plain labels (the point
  /// `plain`) where no point is better. A point at which a user's fine-tuning diverged is not chosen. Groups without users keep plain labels.
  package func chooseLabels(_ points: [Int], plain: Int, intervals: CTRIntervals) -> LabelChoice {
    var members = [[Int]](repeating: [], count: intervals.count)
    for user in localCTR.indices { members[intervals.index(of: localCTR[user])].append(user) }
    var choice = LabelChoice(
      intervals: intervals, members: members, points: [], aucs: [Double](repeating: .nan, count: weight.count)
    )
    for users in members {
      var (best, highest) = (plain, userAUC(plain, users))
      for point in points {
        let auc = userAUC(point, users)
        if auc > highest, !users.contains(where: { aucs[point][$0].isNaN }) { (best, highest) = (point, auc) }
      }
      choice.points.append(best)
      for user in users { choice.aucs[user] = aucs[best][user] }
    }
    return choice
  }

  /// The table of `choice`; `grid` are the points of the job's grid, alphas outermost.
  package func table(
    _ choice: LabelChoice, grid: [Int], plain: Int, points: [SearchPoint], job: Job, origin: SearchOrigin
  ) -> LabelTable {
    let labels = choice.points.map { points[$0].labels ?? .plain }
    let scores = zip(choice.points, choice.members).map { point, users in
      func method(_ name: String, _ point: Int) -> MethodAUCs {
        let aucs = ranked(point)
        return MethodAUCs(name: name, aucs: users.map { aucs[$0] })
      }
      let comparison = PairedBootstrap.compare(
        [(0, 1)], of: [method("chosen", point), method("plain", plain)], samples: users.map { weight[$0] },
        seed: job.seed)[0]
      return LabelTable.Scores(
        users: users.count, samples: Int(users.reduce(0) { $0 + weight[$1] }), auc: userAUC(point, users),
        plainAUC: userAUC(plain, users), low: comparison.low, high: comparison.high)
    }
    return LabelTable(
      pairs: LabelTable.Pairs(
        edges: [0] + choice.intervals.edges + [1], alpha: labels.map(\.alpha), beta: labels.map(\.beta)),
      scores: scores, alphas: job.search.alphas, betas: job.search.betas,
      grid: choice.members.flatMap { users in grid.map { userAUC($0, users) } }, origin: origin)
  }
}
