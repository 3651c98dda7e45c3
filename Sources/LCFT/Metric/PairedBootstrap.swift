import IO
import Support

/// Differences in user AUC between methods, with 95% intervals by a paired bootstrap over users.
///
/// A draw takes as many users as there are, with replacement, and compares all methods on them: paired, since
/// users differ far more from each other than methods do on one user. The difference of two methods is that
/// of their weighted user AUCs (eq. 12) over the users who have an AUC under both; the interval's ends are
/// the 2.5th and the 97.5th percentile of the draws' differences, interpolated linearly between draws.
///
/// How often each user is drawn is drawn once per draw, multinomially: the plain bootstrap, whose number of
/// users is fixed. Independent Poisson(1) counts would spare the counting, but cost a random number per user
/// as well, and their number of users varies from draw to draw. Each draw has a stream of its own, named by
/// the seed and the draw, and sums run in the order of the users, so that the same results give the same
/// intervals wherever they are computed.
package struct PairedBootstrap {
  package static let draws = 1000

  /// A difference in user AUC with its interval; NaN where no user has an AUC under both methods.
  package struct Difference: Sendable {
    package var changes: UserChanges
    package var value: Double
    package var low: Double
    package var high: Double
  }

  /// For each pair (a, b) the user AUC of method a less that of b. `aucs` is [methods][users], NaN where a
  /// user has none; `weights` is [users], the numbers of test samples.
  package static func differences(
    _ pairs: [(Int, Int)], aucs: [[Double]], weights: [Double], seed: UInt64
  ) -> [Difference] {
    let columns = BootstrapColumns(pairs, aucs: aucs, weights: weights)
    let sums = columns.resampledSums(draws: draws, seed: seed)
    let whole = columns.sums()
    return pairs.enumerated().map { index, pair in
      func difference(_ sums: UnsafePointer<SIMD4<Double>>) -> Double {
        let (first, second, weight) = columns.places[index]
        return (columns.value(first, sums) - columns.value(second, sums)) / columns.value(weight, sums)
      }
      let changes = UserChanges(of: aucs[pair.0], against: aucs[pair.1])
      // A draw may miss the few users that two methods have in common.
      let drawn = sums.withUnsafeBufferPointer { sums in
        (0..<draws).map { difference(sums.baseAddress! + $0 * columns.lanes) }.filter { !$0.isNaN }.sorted()
      }
      return Difference(
        changes: changes, value: whole.withUnsafeBufferPointer { difference($0.baseAddress!) },
        low: quantile(0.025, drawn), high: quantile(0.975, drawn))
    }
  }

  /// The value below which a share of the sorted `values` lies, linear between neighbours.
  package static func quantile(_ share: Double, _ values: [Double]) -> Double {
    guard let last = values.indices.last else { return .nan }
    let place = share * Double(last)
    let below = Int(place)
    return values[below] + (place - Double(below)) * (values[min(below + 1, last)] - values[below])
  }
}

/// How many users have an AUC under both of two methods, and the shares of them whose AUC is higher, the same
/// and lower under the first; the shares are NaN where there are none.
package struct UserChanges: Sendable {
  package let users: Int
  package let up: Double
  package let same: Double
  package let down: Double

  /// `aucs` and `others` are [users], NaN where a user has no AUC.
  package init(of aucs: [Double], against others: [Double]) {
    var counts = (up: 0, same: 0, down: 0)
    for (auc, other) in zip(aucs, others) {
      if auc > other { counts.up += 1 }
      if auc == other { counts.same += 1 }
      if auc < other { counts.down += 1 }
    }
    users = counts.up + counts.same + counts.down
    up = Double(counts.up) / Double(users)
    same = Double(counts.same) / Double(users)
    down = Double(counts.down) / Double(users)
  }
}

/// What is summed over users: per method and set of users weight times AUC, and per set of users the weight.
/// Where every method has an AUC for the same users, as is the rule, these are methods + 1 columns for
/// however many pairs.
private struct BootstrapColumns {
  /// Per pair the columns of the first and the second method and of the weights.
  private(set) var places: [(Int, Int, Int)] = []
  /// Vectors of four columns per user.
  let lanes: Int
  private let users: Int
  /// [users x lanes], users without a value in any column left out.
  private let values: [SIMD4<Double>]

  private struct Key: Hashable {
    /// Nil for the weights.
    var method: Int?
    var set: Int
  }

  init(_ pairs: [(Int, Int)], aucs: [[Double]], weights: [Double]) {
    var sets: [[Bool]] = []
    var columns: [Key] = []
    func column(_ key: Key) -> Int {
      if let found = columns.firstIndex(of: key) { return found }
      columns.append(key)
      return columns.count - 1
    }
    for (first, second) in pairs {
      let common = zip(aucs[first], aucs[second]).map { !$0.isNaN && !$1.isNaN }
      let set = sets.firstIndex(of: common) ?? sets.count
      if set == sets.count { sets.append(common) }
      places.append(
        (
          column(Key(method: first, set: set)), column(Key(method: second, set: set)),
          column(Key(method: nil, set: set))
        ))
    }
    let kept = weights.indices.filter { user in sets.contains { $0[user] } }
    let lanes = (columns.count + 3) / 4
    var values = [SIMD4<Double>](repeating: .zero, count: kept.count * lanes)
    for (row, user) in kept.enumerated() {
      for (index, key) in columns.enumerated() where sets[key.set][user] {
        values[row * lanes + index / 4][index % 4] = weights[user] * (key.method.map { aucs[$0][user] } ?? 1)
      }
    }
    self.lanes = lanes
    self.values = values
    users = kept.count
  }

  /// Column `index` of the sums that start at `sums`.
  func value(_ index: Int, _ sums: UnsafePointer<SIMD4<Double>>) -> Double { sums[index / 4][index % 4] }

  /// Sums over all users [lanes].
  func sums() -> [SIMD4<Double>] {
    var sums = [SIMD4<Double>](repeating: .zero, count: lanes)
    for row in 0..<users { for lane in 0..<lanes { sums[lane] += values[row * lanes + lane] } }
    return sums
  }

  /// Sums over the users of each draw [draws x lanes].
  func resampledSums(draws: Int, seed: UInt64) -> [SIMD4<Double>] {
    var sums = [SIMD4<Double>](repeating: .zero, count: draws * lanes)
    guard users > 0 else { return sums }
    // Several draws per pass over the values: these do not fit into the cache, the counts of a draw do.
    let together = 8
    var counts = [UInt32](repeating: 0, count: together * users)
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        values.withUnsafeBufferPointer { values in
          for start in stride(from: 0, to: draws, by: together) {
            let batch = min(together, draws - start)
            counts.update(repeating: 0)
            for draw in 0..<batch {
              var random = KeyedRandom(seed: seed, KeyedRandom.key("paired bootstrap"), UInt64(start + draw))
              let own = counts.baseAddress! + draw * users
              for _ in 0..<users { own[random.below(users)] &+= 1 }
            }
            for row in 0..<users {
              let value = values.baseAddress! + row * lanes
              for draw in 0..<batch {
                let count = Double(counts[draw * users + row])
                let sum = sums.baseAddress! + (start + draw) * lanes
                for lane in 0..<lanes { sum[lane] += count * value[lane] }
              }
            }
          }
        }
      }
    }
    return sums
  }
}

extension Results {
  /// Every pair of methods, the later one against the earlier one, compared over the users.
  package func compareMethods(seed: UInt64) -> Significance {
    let pairs = methods.indices.flatMap { later in (0..<later).map { (later, $0) } }
    let differences = PairedBootstrap.differences(
      pairs, aucs: methods.map(\.auc), weights: users.testCount.map(Double.init), seed: seed)
    return Significance(
      draws: PairedBootstrap.draws, seed: seed,
      comparisons: zip(pairs, differences).map { pair, difference in
        Comparison(
          method: methods[pair.0].name, against: methods[pair.1].name, difference: difference)
      })
  }
}

extension Results.Comparison {
  package init(method: String, against: String, difference: PairedBootstrap.Difference) {
    self.init(
      method: method, against: against, users: difference.changes.users, difference: difference.value,
      low: difference.low, high: difference.high, up: difference.changes.up, same: difference.changes.same,
      down: difference.changes.down)
  }
}
