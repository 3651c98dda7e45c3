import Support

extension RandomPurpose {
  fileprivate static let pairedBootstrap = RandomPurpose("paired bootstrap")
  fileprivate static let bootstrapSeeds = RandomPurpose("paired bootstrap, seeds")
}

/// The sums of eq. 12 over users: per method, seed and set of users that of m_i AUC_i, and per set of users that of
/// m_i. Where every method has an AUC for the same users, as is usual, these are methods x seeds + 1 columns for any
/// number of pairs.
struct BootstrapColumns {
  /// Per pair the columns of the first and the second method, a column per seed, and of the users' samples.
  private var places: [(first: [Int], second: [Int], samples: Int)] = []
  private let seeds: Int
  /// Vectors of four columns per user.
  let lanes: Int
  private let users: Int
  /// [users x lanes], users without a value in any column left out.
  private let values: Column<SIMD4<Double>>

  private struct Key: Hashable {
    /// Nil for the users' samples.
    var method: Int?
    var seed: Int
    var set: Int
  }

  /// All `methods` have as many seeds; `samples` is [users], the numbers of test samples.
  init(_ pairs: [(Int, Int)], of methods: [MethodAUCs], samples: Column<Double>) {
    let seeds = methods.first?.ofSeeds.count ?? 1
    precondition(methods.allSatisfy { $0.ofSeeds.count == seeds }, "every method has every seed")
    self.seeds = seeds
    var sets: [[Bool]] = []
    var columns: [Key] = []
    func column(_ key: Key) -> Int {
      if let found = columns.firstIndex(of: key) { return found }
      columns.append(key)
      return columns.count - 1
    }
    for (first, second) in pairs {
      let common = BootstrapColumns.common(methods[first].aucs, methods[second].aucs)
      let set = sets.firstIndex(of: common) ?? sets.count
      if set == sets.count { sets.append(common) }
      func ofSeeds(_ method: Int) -> [Int] {
        (0..<seeds).map { column(Key(method: method, seed: $0, set: set)) }
      }
      places.append(
        (ofSeeds(first), ofSeeds(second), column(Key(method: nil, seed: 0, set: set))))
    }
    let kept = Column.numbers(below: samples.count) { user in sets.contains { $0[user] } }
    let lanes = (columns.count + 3) / 4
    let values = Column<SIMD4<Double>>(uninitialized: kept.count * lanes)
    for rows in Pieces(kept.count, bytesPerRow: lanes * MemoryLayout<SIMD4<Double>>.stride) {
      for row in rows {
        let (own, user) = (values.values.baseAddress! + row * lanes, kept[row])
        own.update(repeating: .zero, count: lanes)
        for (index, key) in columns.enumerated() where sets[key.set][user] {
          own[index / 4][index % 4] =
            key.method.map { UserAUC.term(methods[$0].ofSeeds[key.seed][user], samples: samples[user]) }
            ?? samples[user]
        }
      }
    }
    self.lanes = lanes
    self.values = values
    users = kept.count
  }

  /// Which users have an AUC under both.
  private static func common(_ first: Column<Double>, _ second: Column<Double>) -> [Bool] {
    var common = [Bool](repeating: false, count: first.count)
    for users in Pieces(first.count, bytesPerRow: 2 * MemoryLayout<Double>.stride) {
      for user in users { common[user] = !first[user].isNaN && !second[user].isNaN }
    }
    return common
  }

  /// The difference in user AUC of pair `index`, from the sums that start at `sums`, over the seeds as often as `counts`
  /// has them, each once where it is nil; NaN over no users.
  func difference(
    ofPair index: Int, _ sums: UnsafePointer<SIMD4<Double>>, seeds counts: [Double]? = nil
  ) -> Double {
    func sum(_ column: Int) -> Double { sums[column / 4][column % 4] }
    func mean(_ columns: [Int]) -> Double {
      if columns.count == 1 { return sum(columns[0]) }
      return columns.enumerated().reduce(0) { $0 + (counts?[$1.offset] ?? 1) * sum($1.element) }
        / Double(columns.count)
    }
    let (first, second, samples) = places[index]
    return UserAUC(numerator: mean(first), denominator: sum(samples))
      - UserAUC(numerator: mean(second), denominator: sum(samples))
  }

  /// How often each draw takes each seed [draws][seeds]; nil where there is one seed.
  func drawnSeeds(draws: Int, seed: UInt64) -> [[Double]]? {
    guard seeds > 1 else { return nil }
    return (0..<draws).map { draw in
      var random = KeyedRandom(seed: seed, .bootstrapSeeds, UInt64(draw))
      var counts = [Double](repeating: 0, count: seeds)
      for _ in 0..<seeds { counts[random.below(seeds)] += 1 }
      return counts
    }
  }

  /// Sums over all users [lanes].
  func sums() -> [SIMD4<Double>] {
    var sums = [SIMD4<Double>](repeating: .zero, count: lanes)
    for rows in Pieces(users, bytesPerRow: lanes * MemoryLayout<SIMD4<Double>>.stride) {
      for row in rows { for lane in 0..<lanes { sums[lane] += values[row * lanes + lane] } }
    }
    return sums
  }

  /// Sums over the users of each draw [draws x lanes]. `progress` gets how many draws are done.
  func resampledSums(
    draws: Int, seed: UInt64, progress: (Int) throws -> Void
  ) rethrows -> [SIMD4<Double>] {
    // A byte per user keeps the counts of many users near. That a draw has one of them more than 255 times is next to
    // impossible, and noticed.
    try resampledSums(draws: draws, seed: seed, countedAs: UInt8.self, progress: progress)
      ?? resampledSums(draws: draws, seed: seed, countedAs: UInt64.self, progress: progress)
      ?? []
  }

  /// Nil where a draw has a user more often than `Count` tells.
  private func resampledSums<Count: FixedWidthInteger & UnsignedInteger>(
    draws: Int, seed: UInt64, countedAs: Count.Type, progress: (Int) throws -> Void
  ) rethrows -> [SIMD4<Double>]? {
    guard users > 0 else { return [SIMD4<Double>](repeating: .zero, count: draws * lanes) }
    // Several draws per pass over the values, which do not fit into the cache.
    let together = 8
    var sums: [SIMD4<Double>] = []
    sums.reserveCapacity(draws * lanes)
    var isWhole = true
    // Counts take no more memory than the values.
    let most = max(1, lanes * MemoryLayout<SIMD4<Double>>.size / (together * MemoryLayout<Count>.size))
    try Processors.inOrder(0..<(draws + together - 1) / together, atMost: most) { batch, _ in
      isWhole
        ? batchSums(batch * together..<min((batch + 1) * together, draws), seed: seed, countedAs: countedAs)
        : nil
    } take: { _, batch in
      if let batch { sums += batch } else { isWhole = false }
      Spill.checkpoint()
      try progress(sums.count / lanes)
    }
    return isWhole ? sums : nil
  }

  /// The same of some draws.
  private func batchSums<Count: FixedWidthInteger & UnsignedInteger>(
    _ draws: Range<Int>, seed: UInt64, countedAs: Count.Type
  ) -> [SIMD4<Double>]? {
    var counts = [Count](repeating: 0, count: draws.count * users)
    var sums = [SIMD4<Double>](repeating: .zero, count: draws.count * lanes)
    var isWhole = true
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        for (place, draw) in draws.enumerated() {
          SignOfLife.give()
          var random = KeyedRandom(seed: seed, .pairedBootstrap, UInt64(draw))
          let own = UnsafeMutableBufferPointer(rebasing: counts[place * users..<(place + 1) * users])
          isWhole = MultinomialCounts.draw(users, from: &random, into: own) && isWhole
        }
        for row in 0..<users {
          let value = values.pointer + row * lanes
          for place in 0..<draws.count {
            let count = Double(counts[place * users + row])
            let sum = sums.baseAddress! + place * lanes
            for lane in 0..<lanes { sum[lane] += count * value[lane] }
          }
        }
      }
    }
    return isWhole ? sums : nil
  }
}
