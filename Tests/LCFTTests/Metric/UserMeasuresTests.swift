import Foundation
import HDF5
import IO
import LCFT
import Support
import TestSupport
import Testing

/// Rankings against scikit-learn and against counting orders (Tests/Fixtures/make_ranking_numbers.py), with and without
/// ties.
@Suite struct UserMeasuresTests {
  private func near(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) < 1e-12 }

  /// The measures of users that all have scores, each with the samples up to the next offset.
  private func measures(
    _ logits: Column<Float>, _ labels: Column<UInt8>, _ offsets: Column<Int64>, times: Column<Int64>?,
    _ settings: Results.MeasureSettings
  ) -> Results.UserMeasures {
    Results.UserMeasures(
      logits: logits, Results.Predictions(offsets: offsets, label: labels, timestamp: times),
      isScored: { _ in true }, settings)
  }

  /// Every list as the only one of a user.
  @Test func equalsScikitLearn() throws {
    let file = try HDF5.File(reading: FixtureFile.path("ranking_numbers.h5"))
    let root = try file.root()
    func numbers(_ name: String) throws -> [Double] { try root.dataset(name).array(of: Double.self) }
    let scores = try root.dataset("scores").column(of: Float.self)
    let labels = try root.dataset("labels").column(of: UInt8.self)
    let offsets = try root.dataset("offsets").column(of: Int64.self)
    let cutoffs = try root.dataset("cutoffs").array(of: Int64.self).map(Int.init)
    let settings = Results.MeasureSettings(
      cutoffs: cutoffs, bins: Int(try #require(try root.attribute("bins", as: Int64.self))))
    let times = Column<Int64>(count: scores.count) { _ in 5 }
    let found = measures(scores, labels, offsets, times: times, settings)
    let ranking = try #require(found.ranking)
    let mrr = try numbers("mrr")
    #expect(mrr.count == 200 && ranking.mrr.count == 200)
    #expect(zip(ranking.mrr, mrr).allSatisfy(near))
    for (place, cutoff) in cutoffs.enumerated() {
      #expect(zip(ranking.ndcg[place], try numbers("ndcg_\(cutoff)")).allSatisfy(near))
      #expect(zip(ranking.hitRate[place], try numbers("hit_rate_\(cutoff)")).allSatisfy(near))
    }
    let predictions = Results.Predictions(offsets: offsets, label: labels, timestamp: times)
    let total = Results.Measures(
      found, over: Column(0..<200), logits: scores, predictions, lists: Results.UserLists(predictions),
      bins: settings.bins)
    #expect(near(total.calibrationError, try #require(try root.attribute("ece", as: Double.self))))
    #expect(near(total.calibration, try #require(try root.attribute("calibration", as: Double.self))))
    #expect(total.ranking?.lists == 200 && total.ranking?.candidates == scores.count)
    #expect(near(try #require(total.ranking).mrr, mrr.reduce(0, +) / 200))
  }

  /// Samples of one time are one list wherever they stand; lists of one class do not count; users weigh by their lists.
  @Test func listsAreOfOneMoment() throws {
    // User 0: time 7 has logits 3 (negative) and 1 (positive), time 9 two positives, time 8 a tie of both classes.
    // User 1: one list, the positive on top. User 2: none.
    let logits: Column<Float> = [3, 0.5, 2, 1, 2, 0.5, 4, 1, 1, 0, 0]
    let labels: Column<UInt8> = [0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1]
    let times: Column<Int64> = [7, 8, 9, 7, 9, 8, 1, 1, 1, 3, 4]
    let offsets: Column<Int64> = [0, 6, 9, 11]
    let settings = Results.MeasureSettings(cutoffs: [1, 2], bins: 4)
    let predictions = Results.Predictions(offsets: offsets, label: labels, timestamp: times)
    let lists = try #require(Results.UserLists(predictions))
    #expect(lists.count == [2, 1, 0] && lists.candidates == [4, 3, 0])
    let own = measures(logits, labels, offsets, times: times, settings)
    let ranking = try #require(own.ranking)
    // The tie has its positive first or second, each with probability one half.
    #expect(near(ranking.mrr[0], (0.5 + 0.75) / 2) && ranking.mrr[1] == 1 && ranking.mrr[2].isNaN)
    #expect(near(ranking.hitRate[0][0], 0.25) && near(ranking.hitRate[1][0], 1))
    let second = 1 / log2(3.0)
    #expect(near(ranking.ndcg[1][0], (second + (1 + second) / 2) / 2))
    let total = Results.Measures(
      own, over: [0, 1, 2], logits: logits, predictions, lists: lists, bins: settings.bins)
    let all = try #require(total.ranking)
    #expect(all.lists == 3 && all.candidates == 7)
    #expect(near(all.mrr, (0.5 + 0.75 + 1) / 3) && near(all.hitRate[0], (0 + 0.5 + 1) / 3))
    // The same samples in another order of a user's.
    let order: Column<Int> = [5, 3, 0, 4, 2, 1, 8, 6, 7, 10, 9]
    let shuffled = measures(
      order.map { logits[$0] }, order.map { labels[$0] }, offsets, times: order.map { times[$0] }, settings)
    for (one, other) in zip([ranking.mrr] + ranking.ndcg, [shuffled.ranking!.mrr] + shuffled.ranking!.ndcg) {
      #expect(zip(one, other).allSatisfy { near($0, $1) || ($0.isNaN && $1.isNaN) })
    }
  }

  @Test func calibrationByHand() throws {
    // Probabilities 1/2, 1/2, 3/4, 3/4: bins of a quarter put 1/2 into the third and 3/4 into the fourth.
    let high = Float(log(3.0))
    let labels: Column<UInt8> = [0, 0, 1, 1]
    let settings = Results.MeasureSettings(cutoffs: [1], bins: 4)
    let predictions = Results.Predictions(offsets: [0, 3, 4], label: labels)
    let logits: Column<Float> = [0, 0, high, high]
    let own = measures(logits, labels, [0, 3, 4], times: nil, settings)
    #expect(own.ranking == nil && Results.UserLists(predictions) == nil)
    #expect(abs(own.predictedCTR[0] - 1.75 / 3) < 1e-7)
    let losses = [(2 * log(2.0) - log(0.75)) / 3, -log(0.75)]
    for (found, expected) in zip(own.logLoss, losses) { #expect(abs(found - expected) < 1e-6) }
    let total = Results.Measures(
      own, over: [0, 1], logits: logits, predictions, lists: nil, bins: settings.bins)
    #expect(abs(total.calibration - 1.25) < 1e-6 && abs(total.calibrationError - 1.5 / 4) < 1e-6)
    #expect(abs(total.logLossPerUser - (losses[0] + losses[1]) / 2) < 1e-6)
    let first = Results.Measures(
      own, over: [0], logits: logits, predictions, lists: nil, bins: settings.bins)
    #expect(abs(first.calibration - 1.75) < 1e-6)
  }

  /// A user whose scores are no numbers has no measures, and is not counted.
  @Test func divergedUsers() throws {
    var results = ExampleFiles.results(users: 4)
    // Users have 0, 1, 2 and 3 test samples; every method has predictions.
    for place in results.methods.indices {
      results.methods[place].predictions = [0, 1, 2, .nan, 1, 1]
      results.methods[place].aucStatus = [.onlyNegatives, .onlyNegatives, .defined, .notFinite]
    }
    results.users.testCount = [0, 1, 2, 3]
    results.predictions = Results.Predictions(
      offsets: [0, 0, 1, 3, 6], label: [0, 1, 0, 1, 0, 0], timestamp: [1, 1, 1, 1, 1, 1])
    let found = results.measured(.init(cutoffs: [1], bins: 2))
    let own = try #require(found.methods[0].measures)
    #expect(own.logLoss[3].isNaN && own.predictedCTR[3].isNaN && own.ranking?.mrr[3].isNaN == true)
    #expect(found.lists?.count == [0, 0, 1, 1])
    #expect(found.methods[0].summary.measures?.ranking?.lists == 1)
    #expect(found.methods[0].summary.measures?.ranking?.mrr == 0.5)
    #expect(results.measured(.init(cutoffs: [1], bins: 2)).contentDigest() != results.contentDigest())
  }
}
