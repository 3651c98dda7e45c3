import IO
import LCFT

/// What was measured of some users over all folds, each user's folds put together: differences between methods are then
/// those of whole users.
package struct PooledUsers: Sendable {
  /// [users] sum over folds of decay^(k - 1) times the held-out samples.
  package private(set) var weight: [Double] = []
  /// [methods][users] the user's AUCs, weighted alike; one that diverged counts one half.
  package private(set) var aucs: [[Double]]
  /// Held-out samples.
  package private(set) var samples = 0

  /// A difference in user AUC, and its sampling variance over users.
  package struct Difference: Sendable, Equatable {
    package var value: Double
    package var variance: Double

    package init(value: Double, variance: Double) {
      self.value = value
      self.variance = variance
    }
  }

  /// Of some `rows` of what was measured.
  package init(_ measured: MethodChoiceTable.Measured, _ rows: [Int], decay: Double) {
    aucs = [[Double]](repeating: [], count: measured.aucs.count)
    // Sums run in the order of the users, and of a user's folds.
    let sorted = rows.sorted {
      (measured.user[$0], measured.fold[$0]) < (measured.user[$1], measured.fold[$1])
    }
    var last: Int32?
    for row in sorted {
      if measured.user[row] != last {
        last = measured.user[row]
        weight.append(0)
        for method in aucs.indices { aucs[method].append(0) }
      }
      let user = weight.count - 1
      var own = Double(measured.samples[row])
      for _ in 1..<max(1, measured.fold[row]) { own *= decay }
      weight[user] += own
      samples += Int(measured.samples[row])
      for method in aucs.indices {
        let auc = measured.aucs[method][row]
        aucs[method][user] += own * (auc.isNaN ? 0.5 : auc)
      }
    }
    for user in weight.indices { for method in aucs.indices { aucs[method][user] /= weight[user] } }
  }

  /// [methods] NaN where there are no users.
  package var userAUCs: [Double] {
    aucs.map { own in
      var average = UserAUC()
      for user in own.indices { average.add(own[user], samples: weight[user]) }
      return average.value
    }
  }

  /// [methods] the differences of their user AUCs from that of method `reference`. Of d = sum v (a - b) / sum v over U
  /// users the variance is U / (U - 1) sum v^2 (a - b - d)^2 / (sum v)^2; NaN of fewer than two users.
  package func differences(from reference: Int) -> [Difference] {
    let total = weight.reduce(0, +)
    let users = Double(weight.count)
    return aucs.map { own in
      let moved = zip(own, aucs[reference]).map { $0 - $1 }
      let mean = zip(weight, moved).reduce(0) { $0 + $1.0 * $1.1 } / total
      let squares = zip(weight, moved).reduce(0) { sum, pair in
        let term = pair.0 * (pair.1 - mean)
        return sum + term * term
      }
      return Difference(
        value: mean, variance: weight.count > 1 ? users / (users - 1) * squares / (total * total) : .nan)
    }
  }
}
