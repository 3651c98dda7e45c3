import IO
import LCFT
import Support
import Testing

@Suite struct PairedBootstrapTests {
  private func named(_ aucs: [[Double]]) -> [MethodAUCs] {
    aucs.enumerated().map { MethodAUCs(name: "method \($0)", aucs: $1) }
  }

  /// Users of equal weight whose AUC rises by 1 (a quarter of 400) or stays: a draw's difference is a binomial
  /// count over 400, whose 2.5% and 97.5% quantiles are 83 and 117. The quantiles of 1,000 draws have a standard
  /// error of 0.73 counts.
  @Test(arguments: [1, 2, 3])
  func coversTheBinomial(_ seed: UInt64) throws {
    let users = 400
    let base = [Double](repeating: 0, count: users)
    let raised = (0..<users).map { $0 % 4 == 0 ? 1.0 : 0.0 }
    let found = try #require(
      PairedBootstrap.compare(
        [(1, 0)], of: [MethodAUCs(name: "base", aucs: base), MethodAUCs(name: "raised", aucs: raised)],
        samples: Array(repeating: 3, count: users), seed: seed
      ).first)
    #expect(found.method == "raised" && found.against == "base")
    #expect(found.difference == 0.25)
    #expect(abs(found.low * 400 - 83) <= 3 && abs(found.high * 400 - 117) <= 3)
    #expect(found.users == 400 && found.up == 0.25 && found.same == 0.75 && found.down == 0)
  }

  /// The interval of a weighted mean: the draws' standard deviation is sqrt(sum w^2 (d - mean)^2) / sum w to
  /// the first order, and with so many users the law is normal.
  @Test func weighsUsersByTheirSamples() throws {
    let users = 5000
    var random = KeyedRandom(seed: 3)
    let weights = (0..<users).map { _ in Double(1 + random.below(50)) }
    let cloud = (0..<users).map { _ in random.uniform() }
    let method = cloud.enumerated().map { $1 + 0.2 * random.uniform() - 0.005 * weights[$0] }
    let total = weights.reduce(0, +)
    let differences = zip(method, cloud).map { $0 - $1 }
    let mean = zip(weights, differences).reduce(0) { $0 + $1.0 * $1.1 } / total
    let deviation =
      zip(weights, differences).reduce(0) { $0 + ($1.0 * ($1.1 - mean)) * ($1.0 * ($1.1 - mean)) }
      .squareRoot()
      / total
    let found = try #require(
      PairedBootstrap.compare([(0, 1)], of: named([method, cloud]), samples: weights, seed: 1).first)
    #expect(abs(found.difference - mean) < 1e-12)
    // An end's standard error is 0.085 deviations.
    #expect(abs(found.low - (mean - 1.96 * deviation)) < 0.4 * deviation)
    #expect(abs(found.high - (mean + 1.96 * deviation)) < 0.4 * deviation)
    #expect(found.low < found.difference && found.difference < found.high)
  }

  /// A method without an AUC for some users is compared over those that both have; the others are not touched.
  @Test func comparesUsersWithBothAUCs() {
    let users = 1000
    let base = (0..<users).map { Double($0) / 2000 }
    let shifted = base.map { $0 + 0.125 }
    let partial = base.enumerated().map { $0 % 2 == 0 ? $1 + 0.25 : .nan }
    let none = [Double](repeating: .nan, count: users)
    let weights = (0..<users).map { Double(1 + $0 % 7) }
    let pairs = [(1, 0), (2, 0), (1, 2), (3, 0)]
    let found = PairedBootstrap.compare(
      pairs, of: named([base, shifted, partial, none]), samples: weights, seed: 5)
    for (found, expected) in zip(found, [0.125, 0.25, -0.125]) {
      for value in [found.difference, found.low, found.high] { #expect(abs(value - expected) < 1e-12) }
    }
    #expect(found.map(\.users) == [1000, 500, 500, 0])
    #expect(found[2].down == 1)
    #expect(found[3].difference.isNaN && found[3].low.isNaN && found[3].high.isNaN && found[3].up.isNaN)
  }

  /// Users who all gain what the seed gives: users say nothing, and the draws' differences are means of three of 0, 0.25
  /// and 1 with replacement, of which 3.7% are 0 and 3.7% are 1.
  @Test func drawsSeedsToo() throws {
    let gains = [0.25, 0, 1]
    let base = (0..<50).map { Double($0) / 100 }
    let found = try #require(
      PairedBootstrap.compare(
        [(1, 0)],
        of: [
          MethodAUCs(name: "base", seeds: gains.map { _ in base }),
          MethodAUCs(name: "raised", seeds: gains.map { gain in base.map { $0 + gain } }),
        ], samples: base.indices.map { Double(1 + $0 % 3) }, seed: 1
      ).first)
    #expect(abs(found.difference - 1.25 / 3) < 1e-12)
    #expect(abs(found.low) < 1e-12 && abs(found.high - 1) < 1e-12)
  }

  /// Users and seeds are crossed: the draws' variance is about that over users plus that over seeds, where a seed moves
  /// all users alike.
  @Test func varianceOverUsersAndSeeds() throws {
    let (users, seeds) = (4000, 8)
    var random = KeyedRandom(seed: 2)
    let ofUser = (0..<users).map { _ in random.uniform() }
    let ofSeed = (0..<seeds).map { _ in 0.05 * random.uniform() }
    let zero = (0..<seeds).map { _ in [Double](repeating: 0, count: users) }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }
    let found = try #require(
      PairedBootstrap.compare(
        [(1, 0)],
        of: [
          MethodAUCs(name: "zero", seeds: zero),
          MethodAUCs(name: "some", seeds: ofSeed.map { shift in ofUser.map { $0 + shift } }),
        ], samples: Array(repeating: 2, count: users), seed: 3
      ).first)
    let deviation = (variance(ofUser) / Double(users) + variance(ofSeed) / Double(seeds)).squareRoot()
    let overUsers = (variance(ofUser) / Double(users)).squareRoot()
    #expect(deviation > 1.3 * overUsers)
    #expect(abs(found.low - (found.difference - 1.96 * deviation)) < 0.4 * deviation)
    #expect(abs(found.high - (found.difference + 1.96 * deviation)) < 0.4 * deviation)
  }

  /// Seeds that say the same add nothing, and a user without an AUC under one seed is left out.
  @Test func equalSeeds() throws {
    var random = KeyedRandom(seed: 4)
    let aucs = (0..<2).map { _ in (0..<200).map { _ in random.uniform() } }
    let weights = (0..<200).map { Double(1 + $0 % 5) }
    func compare(_ methods: [MethodAUCs]) throws -> Results.Comparison {
      try #require(PairedBootstrap.compare([(1, 0)], of: methods, samples: weights, seed: 6).first)
    }
    let once = try compare(named(aucs))
    let twice = try compare(aucs.map { MethodAUCs(name: "m", seeds: [$0, $0]) })
    for (one, other) in zip(
      [once.difference, once.low, once.high], [twice.difference, twice.low, twice.high])
    {
      #expect(abs(one - other) < 1e-12)
    }
    var partial = aucs[1]
    partial[7] = .nan
    let fewer = try compare([
      MethodAUCs(name: "m", seeds: [aucs[0], aucs[0]]), MethodAUCs(name: "n", seeds: [aucs[1], partial]),
    ])
    #expect(fewer.users == 199 && once.users == 200)
  }

  @Test func dependsOnTheSeedAlone() {
    var random = KeyedRandom(seed: 9)
    let aucs = (0..<3).map { _ in (0..<300).map { _ in random.uniform() } }
    let weights = (0..<300).map { _ in Double(1 + random.below(9)) }
    func ends(_ pairs: [(Int, Int)], _ seed: UInt64) -> [Double] {
      PairedBootstrap.compare(pairs, of: named(aucs), samples: weights, seed: seed).flatMap {
        [$0.low, $0.high]
      }
    }
    let both = ends([(1, 0), (2, 0)], 1)
    #expect(ends([(1, 0), (2, 0)], 1) == both)
    // Pairs do not disturb each other, and a pair the other way round has the mirrored interval.
    #expect(ends([(2, 0)], 1) == Array(both[2...]))
    for (end, mirrored) in zip(ends([(0, 1)], 1), [-both[1], -both[0]]) {
      #expect(abs(end - mirrored) < 1e-12)
    }
    #expect(ends([(1, 0), (2, 0)], 2) != both)
  }
}
