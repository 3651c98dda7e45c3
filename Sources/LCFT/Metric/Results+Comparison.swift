import IO
import Support

/// A method's name and its AUC of each user, NaN where a user has none.
package struct MethodAUCs: Sendable {
  package var name: String
  /// [users]; of several seeds the mean over them: NaN where the user has none under one of them.
  package let aucs: Column<Double>
  /// [seeds][users]
  package let ofSeeds: [Column<Double>]

  package init(name: String, aucs: Column<Double>) { self.init(name: name, seeds: [aucs]) }
  package init(name: String, aucs: [Double]) { self.init(name: name, seeds: [aucs]) }

  /// `seeds` is [seeds][users], not empty.
  package init(name: String, seeds: [Column<Double>]) {
    self.name = name
    let count = Double(seeds.count)
    aucs =
      seeds.count == 1
      ? seeds[0] : Column(count: seeds[0].count) { user in seeds.reduce(0) { $0 + $1[user] } / count }
    ofSeeds = seeds
  }

  package init(name: String, seeds: [[Double]]) { self.init(name: name, seeds: seeds.map { Column($0) }) }

  /// Of some of the users.
  package func of(_ users: [Int]) -> MethodAUCs {
    MethodAUCs(name: name, seeds: ofSeeds.map { aucs in Column(count: users.count) { aucs[users[$0]] } })
  }
}

extension Results.Comparison {
  /// Counts the users that have an AUC under both `method` and `other`, and those of them whose AUC is
  /// higher, the same and lower under `method`. The difference in user AUC and its interval are left to the
  /// caller.
  package init(
    _ method: MethodAUCs, against other: MethodAUCs, difference: Double = .nan, low: Double = .nan,
    high: Double = .nan
  ) {
    var (up, same, down) = (0, 0, 0)
    for users in Pieces(method.aucs.count, bytesPerRow: 2 * MemoryLayout<Double>.stride) {
      for user in users {
        let (auc, other) = (method.aucs[user], other.aucs[user])
        if auc > other { up += 1 }
        if auc == other { same += 1 }
        if auc < other { down += 1 }
      }
    }
    let users = up + same + down
    self.init(
      method: method.name, against: other.name, users: users, difference: difference, low: low, high: high,
      up: Double(up) / Double(users), same: Double(same) / Double(users), down: Double(down) / Double(users))
  }
}

extension Results {
  /// Every pair of methods, the later one against the earlier one, compared over the users. `progress` as in
  /// `PairedBootstrap.compare`.
  package func compareMethods(
    seed: UInt64, progress: (Int) throws -> Void
  ) rethrows -> Significance {
    let pairs = methods.indices.flatMap { later in (0..<later).map { (later, $0) } }
    return Significance(
      draws: PairedBootstrap.draws, seed: seed,
      comparisons: try PairedBootstrap.compare(
        pairs, of: methods.map { MethodAUCs(name: $0.name, aucs: $0.auc) },
        samples: users.testCount.map(Double.init), seed: seed, progress: progress))
  }

  package func compareMethods(seed: UInt64) -> Significance { compareMethods(seed: seed) { _ in } }
}
