import IO
import LCFT

/// The rule by which held-out training samples choose methods (docs/methods.md).
extension MethodChoice {
  /// The choice of `job` out of `methods`, cloud first, for all users and for the groups of `intervals`.
  ///
  /// For all users it is the method with the highest user AUC over all folds, each user's samples of fold k counting
  /// decay^(k - 1). In a group, a method's difference d from that one is shrunken towards its difference D over all users,
  ///
  ///     D + (d - D) t / (t + c s^2),
  ///
  /// with s^2 the sampling variance of d over the group's users, t the variance of the method's true differences between
  /// groups (`variances(between:)`) and c the job's shrinkage. Where the best of the methods that were tried is not
  /// above the cloud model, that is used. A method whose fine-tuning diverged for more users than another's is not
  /// taken.
  package init(
    _ measured: MethodChoiceTable.Measured, methods: [Method], job: Job, intervals: CTRIntervals,
    labels: LabelTable.Pairs?
  ) {
    let settings = job.search.choice
    let decay = settings.decay
    let diverged = measured.aucs.map { $0.count(where: \.isNaN) }
    let fewest = diverged.dropFirst().min() ?? 0
    let candidates = methods.indices.dropFirst().filter { diverged[$0] == fewest }
    let rows = measured.user.indices
    let groupOfRow = measured.localCTR.map { intervals.index(of: $0) }
    let all = PooledUsers(measured, Array(rows), decay: decay)
    let groups = (0..<intervals.count).map { group in
      PooledUsers(measured, rows.filter { groupOfRow[$0] == group }, decay: decay)
    }

    let whole = all.userAUCs
    let reference = MethodChoice.place(of: whole, candidates).chosen
    let advantages = whole.map { $0 - whole[reference] }
    var ofGroups = groups.map { $0.differences(from: reference) }
    let others = ([0] + candidates).filter { $0 != reference }
    let variances = MethodChoice.variances(between: others.map { method in ofGroups.map { $0[method] } })
    for (method, variance) in zip(others, variances) {
      for group in groups.indices {
        let own = ofGroups[group][method]
        let share = variance > 0 ? variance / (variance + settings.shrinkage * own.variance) : 0
        let shrunken = advantages[method] + share * (own.value - advantages[method])
        ofGroups[group][method].value = shrunken.isNaN ? advantages[method] : shrunken
      }
    }
    // Also of groups without users.
    for group in groups.indices { ofGroups[group][reference].value = 0 }
    // A method that is not taken has none.
    let compared = ([advantages] + ofGroups.map { $0.map(\.value) }).map { values in
      values.indices.map { $0 == 0 || candidates.contains($0) ? values[$0] : .nan }
    }
    let names = methods.map(\.rawValue)
    self.init(
      methods: names, edges: [0] + intervals.edges + [1],
      sets: zip([all] + groups, compared).map { users, advantage in
        MethodChoice.scores(users, advantage, candidates, names, seed: job.seed)
      },
      rule: Rule(
        folds: settings.folds, holdout: job.search.holdout, decay: decay, shrinkage: settings.shrinkage),
      labels: labels)
  }

  /// The best of `candidates` by `scores` [methods], the one that is used, and the best of the others; of equal ones the
  /// first.
  private static func place(
    of scores: [Double], _ candidates: [Int]
  ) -> (best: Int, chosen: Int, next: Int) {
    func best(_ places: [Int]) -> Int {
      places.dropFirst().reduce(places.first ?? 0) { scores[$1] > scores[$0] ? $1 : $0 }
    }
    let first = best(candidates)
    let chosen = scores[first] > scores[0] ? first : 0
    return (first, chosen, best(([0] + candidates).filter { $0 != chosen }))
  }

  private static func scores(
    _ users: PooledUsers, _ advantage: [Double], _ candidates: [Int], _ names: [String], seed: UInt64
  ) -> Scores {
    var scores = Scores(methods: names.count)
    scores.users = users.weight.count
    scores.samples = users.samples
    (scores.best, scores.chosen, scores.next) = place(of: advantage, candidates)
    scores.auc = users.userAUCs
    scores.advantage = advantage
    let compared = PairedBootstrap.compare(
      names.indices.map { ($0, 0) } + [(scores.chosen, scores.next)],
      of: names.indices.map { MethodAUCs(name: names[$0], aucs: users.aucs[$0]) }, samples: users.weight,
      seed: seed)
    scores.difference = compared.dropLast().map(\.difference)
    scores.low = compared.dropLast().map(\.low)
    scores.high = compared.dropLast().map(\.high)
    let margin = compared[names.count]
    (scores.margin, scores.marginLow, scores.marginHigh) = (margin.difference, margin.low, margin.high)
    return scores
  }

  /// Of each method the variance t of its true differences between groups, from `methods` [methods][groups], those that
  /// were measured and their sampling variances s^2, by moments (DerSimonian and Laird). With a = 1 / s^2 over a
  /// method's G groups, Q the sum of a (d - mean)^2 about their mean weighted by a, and v the typical sampling
  /// variance,
  ///
  ///     v = (G - 1) / (sum of a - sum of a^2 / sum of a)
  ///     t = v max(0, sum of Q / sum of (G - 1) - 1)
  ///
  /// where the sums of Q and G - 1 are over all methods: a few groups of one method tell little. Groups of one user, or
  /// in which all users have the same difference, do not tell a sampling variance and do not count.
  package static func variances(between methods: [[PooledUsers.Difference]]) -> [Double] {
    var (spread, freedom) = (0.0, 0.0)
    let typical = methods.map { groups -> Double in
      let known = groups.filter { $0.variance > 0 }
      guard known.count > 1 else { return 0 }
      let weights = known.map { 1 / $0.variance }
      let sum = weights.reduce(0, +)
      let mean = zip(weights, known).reduce(0) { $0 + $1.0 * $1.1.value } / sum
      spread += zip(weights, known).reduce(0) { $0 + $1.0 * ($1.1.value - mean) * ($1.1.value - mean) }
      freedom += Double(known.count - 1)
      return Double(known.count - 1) / (sum - weights.reduce(0) { $0 + $1 * $1 } / sum)
    }
    let excess = freedom > 0 ? max(0, spread / freedom - 1) : 0
    return typical.map { $0 * excess }
  }
}
