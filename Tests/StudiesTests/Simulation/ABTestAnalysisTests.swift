import IO
import LCFT
import Studies
import Support
import Testing

@Suite struct ABTestAnalysisTests {
  /// A test without a model: users of differing click rates and activity, whose bucket B clicks `lift` times as
  /// often.
  private func simulated(users: Int, lift: Double, seed: UInt64) -> ABTest {
    var random = KeyedRandom(seed: seed, KeyedRandom.key("test"))
    var test = ABTest(
      methods: ["cloud", "soft1"], settings: ABTest.Settings(days: 2, shown: 1),
      users: ABTest.Users(row: [], bucket: [], localCTR: [], diverged: []),
      days: ABTest.Days(
        impressions: [], clicks: [], expectedClicks: [], oracleClicks: [], randomClicks: []),
      model: "none", job: "", datasetDigest: "", checkpointDigest: "")
    for user in 0..<users {
      let rate = 0.5 * random.uniform()
      let bucket = random.below(2)
      test.users.row.append(Int32(user))
      test.users.bucket.append(UInt8(bucket))
      test.users.localCTR.append(
        user % 10 == 0 ? .nan : Double((0..<40).count { _ in random.uniform() < rate }) / 40)
      test.users.diverged.append(0)
      for _ in 0..<2 {
        // Users who click more come more often, so that a mean of users' CTRs is not the CTR.
        let impressions = random.below(4 + Int(20 * rate))
        let probability = rate * (bucket == 1 ? lift : 1)
        test.days.impressions.append(Int32(impressions))
        test.days.clicks.append(Int32((0..<impressions).count { _ in random.uniform() < probability }))
        test.days.expectedClicks.append(Double(impressions) * probability)
        test.days.oracleClicks.append(Double(impressions))
        test.days.randomClicks.append(0)
      }
    }
    return test
  }

  /// Of 400 tests without a difference and as many with one, 95% of the intervals hold the truth, within what
  /// chance allows (3.5 standard deviations).
  @Test(arguments: [1.0, 1.2])
  func intervalsCover(lift: Double) throws {
    let count = 400
    var covered = [String: Int]()
    var widths = [String: Double]()
    // E[c] / E[m] by users' rates r, uniform on [0, 0.5): m has the mean (3 + floor(20 r)) / 2.
    let grid = (0..<100_000).map { 0.5 * (Double($0) + 0.5) / 100_000 }
    let clicks = grid.reduce(0) { $0 + $1 * (3 + (20 * $1).rounded(.down)) }
    let ctr = clicks / grid.reduce(0) { $0 + 3 + (20 * $1).rounded(.down) }
    for seed in 0..<count {
      let analysis = ABTestAnalysis(simulated(users: 400, lift: lift, seed: UInt64(seed)))
      let difference = try #require(analysis.differences.first)
      for (name, estimate, truth) in [
        ("ctr", difference.ctr, ctr * (lift - 1)), ("relative", difference.relativeCTR, lift - 1),
        ("adjusted", difference.adjustedCTR, ctr * (lift - 1)), ("level", analysis.totals[0].ctr, ctr),
        ("day", analysis.days[1].ctr, ctr),
      ] {
        let estimate = try #require(estimate)
        covered[name, default: 0] += estimate.low <= truth && truth <= estimate.high ? 1 : 0
        widths[name, default: 0] += estimate.high - estimate.low
      }
    }
    for (name, found) in covered { #expect((365...395).contains(found), "\(name): \(found) of \(count)") }
    // The training CTR foretells part of a user's clicks here.
    let (adjusted, plain) = (try #require(widths["adjusted"]), try #require(widths["ctr"]))
    #expect(adjusted < 0.9 * plain, "\(adjusted / plain)")
  }

  @Test func numbersByHand() throws {
    var test = simulated(users: 4, lift: 1, seed: 1)
    test.users.bucket = [0, 0, 0, 1]
    test.users.localCTR = [0.5, .nan, 0.5, 0.5]
    test.days.impressions = [10, 0, 5, 5, 0, 0, 4, 4]
    test.days.clicks = [2, 0, 1, 2, 0, 0, 1, 3]
    test.days.expectedClicks = [1, 0, 2, 2, 0, 0, 2, 2]
    test.counterfactuals = [1, 2, 4, 4, 0, 0, 3, 4]
    let analysis = ABTestAnalysis(test)
    let total = analysis.totals[0]
    #expect(total.impressions == 20 && total.clicks == 5 && total.users == 3)
    let ctr = try #require(total.ctr)
    #expect(ctr.value == 0.25)
    // z = (c - m / 4) 3 / 20: -0.075, 0.075, 0; variance (2 0.075^2) / (3 2).
    #expect(abs(ctr.high - 0.25 - 1.959964 * (2 * 0.075 * 0.075 / 6).squareRoot()) < 1e-12)
    #expect(abs(try #require(total.clicksPerUser).value - 5.0 / 3) < 1e-12)
    #expect(total.expectedCTR == 0.25)
    #expect(analysis.days[1].day == 2 && analysis.days[1].impressions == 5)
    // One user has no interval, and no difference.
    #expect(analysis.totals[1].ctr == nil && analysis.differences[0].ctr == nil)
    #expect(analysis.totals[1].clicks == 4)
    // (1 + 0 + 0 + 1) / 28 impressions of all users.
    #expect(abs(try #require(analysis.differences[0].truth).value - 2.0 / 28) < 1e-12)
    #expect(analysis.csv.split(separator: "\n").count == 5)
    #expect(analysis.csv.contains("\nB,soft1,1,4,1,1,,,,"))
  }
}
