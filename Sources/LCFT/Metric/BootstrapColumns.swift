import Support

extension RandomPurpose {
  fileprivate static let pairedBootstrap = RandomPurpose("paired bootstrap")
}

/// The sums of eq. 12 over users: per method and set of users that of m_i AUC_i, and per set of users that of
/// m_i. Where every method has an AUC for the same users, as is the rule, these are methods + 1 columns for
/// however many pairs.
struct BootstrapColumns {
  /// Per pair the columns of the first and the second method and of the users' samples.
  private var places: [(Int, Int, Int)] = []
  /// Vectors of four columns per user.
  let lanes: Int
  private let users: Int
  /// [users x lanes], users without a value in any column left out.
  private let values: [SIMD4<Double>]

  private struct Key: Hashable {
    /// Nil for the users' samples.
    var method: Int?
    var set: Int
  }

  /// `aucs` is [methods][users], NaN where a user has none; `samples` is [users], the numbers of test
  /// samples.
  init(_ pairs: [(Int, Int)], aucs: [[Double]], samples: [Double]) {
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
    let kept = samples.indices.filter { user in sets.contains { $0[user] } }
    let lanes = (columns.count + 3) / 4
    var values = [SIMD4<Double>](repeating: .zero, count: kept.count * lanes)
    for (row, user) in kept.enumerated() {
      for (index, key) in columns.enumerated() where sets[key.set][user] {
        values[row * lanes + index / 4][index % 4] =
          key.method.map { UserAUC.term(aucs[$0][user], samples: samples[user]) } ?? samples[user]
      }
    }
    self.lanes = lanes
    self.values = values
    users = kept.count
  }

  /// The difference in user AUC of pair `index`, from the sums that start at `sums`; NaN over no users.
  func difference(ofPair index: Int, _ sums: UnsafePointer<SIMD4<Double>>) -> Double {
    func sum(_ column: Int) -> Double { sums[column / 4][column % 4] }
    let (first, second, samples) = places[index]
    return UserAUC(numerator: sum(first), denominator: sum(samples))
      - UserAUC(numerator: sum(second), denominator: sum(samples))
  }

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
              var random = KeyedRandom(seed: seed, .pairedBootstrap, UInt64(start + draw))
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
