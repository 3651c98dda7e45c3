import LCFT
import Support
import Testing

@Suite struct PairedBootstrapTests {
  /// Users of equal weight whose AUC rises by 1 (a quarter of 400) or stays: a draw's difference is a binomial
  /// count over 400, whose 2.5% and 97.5% quantiles are 83 and 117. The quantiles of 1,000 draws have a standard
  /// error of 0.73 counts.
  @Test(arguments: [1, 2, 3])
  func coversTheBinomial(_ seed: UInt64) throws {
    let users = 400
    let base = [Double](repeating: 0, count: users)
    let raised = (0..<users).map { $0 % 4 == 0 ? 1.0 : 0.0 }
    let found = try #require(
      PairedBootstrap.differences(
        [(1, 0)], aucs: [base, raised], weights: Array(repeating: 3, count: users), seed: seed
      ).first)
    #expect(found.value == 0.25)
    #expect(abs(found.low * 400 - 83) <= 3 && abs(found.high * 400 - 117) <= 3)
    #expect(found.changes.users == 400 && found.changes.up == 0.25 && found.changes.same == 0.75)
    #expect(found.changes.down == 0)
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
      PairedBootstrap.differences([(0, 1)], aucs: [method, cloud], weights: weights, seed: 1).first)
    #expect(abs(found.value - mean) < 1e-12)
    // An end's standard error is 0.085 deviations.
    #expect(abs(found.low - (mean - 1.96 * deviation)) < 0.4 * deviation)
    #expect(abs(found.high - (mean + 1.96 * deviation)) < 0.4 * deviation)
    #expect(found.low < found.value && found.value < found.high)
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
    let found = PairedBootstrap.differences(
      pairs, aucs: [base, shifted, partial, none], weights: weights, seed: 5)
    for (found, expected) in zip(found, [0.125, 0.25, -0.125]) {
      for value in [found.value, found.low, found.high] { #expect(abs(value - expected) < 1e-12) }
    }
    #expect(found.map(\.changes.users) == [1000, 500, 500, 0])
    #expect(found[2].changes.down == 1)
    #expect(found[3].value.isNaN && found[3].low.isNaN && found[3].high.isNaN && found[3].changes.up.isNaN)
  }

  @Test func dependsOnTheSeedAlone() {
    var random = KeyedRandom(seed: 9)
    let aucs = (0..<3).map { _ in (0..<300).map { _ in random.uniform() } }
    let weights = (0..<300).map { _ in Double(1 + random.below(9)) }
    func ends(_ pairs: [(Int, Int)], _ seed: UInt64) -> [Double] {
      PairedBootstrap.differences(pairs, aucs: aucs, weights: weights, seed: seed).flatMap {
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
