import Foundation
import HDF5
import IO
import LCFT
import Support
import TestSupport
import Testing

/// Against scikit-learn's roc_auc_score (Tests/Fixtures/make_auc_numbers.py), with and without ties.
@Suite struct AUCTests {
  @Test func equalsScikitLearn() throws {
    let file = try HDF5.File(reading: FixtureFile.path("auc_numbers.h5"))
    let root = try file.root()
    let scores = try root.dataset("scores").array(of: Float.self)
    let labels = try root.dataset("labels").array(of: UInt8.self)
    let offsets = try root.dataset("offsets").array(of: Int64.self)
    let expected = try root.dataset("auc").array(of: Double.self)
    var metric = AUC()
    var undefined = 0
    for (index, auc) in expected.enumerated() {
      let range = Int(offsets[index])..<Int(offsets[index + 1])
      let own = Array(labels[range])
      let found = metric.evaluate(scores: Array(scores[range]), labels: own, count: range.count)
      if auc.isNaN {
        undefined += 1
        #expect(found.value.isNaN)
        #expect(found.status == (own[0] == 1 ? .onlyPositives : .onlyNegatives))
      } else {
        #expect(abs(found.value - auc) < 1e-12)
        #expect(found.status == .defined)
      }
    }
    #expect(try root.attribute("undefined", as: Int64.self) == Int64(undefined))
    #expect(undefined > 10)
    let pooled = metric.evaluate(scores: scores, labels: labels, count: labels.count)
    #expect(abs(pooled.value - (try #require(try root.attribute("pooled", as: Double.self)))) < 1e-12)
  }

  /// The bits are those of all samples at once, however few are sorted at a time, and samples of users without scores are
  /// left out.
  @Test func pooledInRuns() throws {
    let file = try HDF5.File(reading: FixtureFile.path("auc_numbers.h5"))
    let root = try file.root()
    let scores = try root.dataset("scores").column(of: Float.self)
    let labels = try root.dataset("labels").column(of: UInt8.self)
    let offsets = try root.dataset("offsets").column(of: Int64.self)
    var metric = AUC()
    for isScored: (Int) -> Bool in [{ _ in true }, { $0 % 3 > 0 }] {
      let users = (0..<offsets.count - 1).filter(isScored)
      let rows = users.flatMap { Int(offsets[$0])..<Int(offsets[$0 + 1]) }
      let expected = metric.evaluate(
        scores: rows.map { scores[$0] }, labels: rows.map { labels[$0] }, count: rows.count)
      let pooled = PooledAUC(scores: scores, labels: labels, offsets: offsets)
      for most in [1, 10, rows.count / 2, rows.count] {
        #expect(pooled.value(samples: rows.count, atMost: most, isScored: isScored) == expected.value)
      }
    }
  }

  @Test func workedByHand() {
    var metric = AUC()
    // Positives 3 and 1, negatives 2 and 1: pairs 3>2, 3>1, 1<2, 1=1.
    let mixed = metric.evaluate(scores: [3, 1, 2, 1], labels: [1, 1, 0, 0], count: 4)
    #expect(mixed.value == 2.5 / 4)
    #expect(metric.evaluate(scores: [0, -0.0], labels: [0, 1], count: 2).value == 0.5)
    #expect(metric.evaluate(scores: [-1, -2], labels: [0, 1], count: 2).value == 0)
    #expect(metric.evaluate(scores: [.nan, 2], labels: [0, 1], count: 2).status == .notFinite)
    #expect(metric.evaluate(scores: [.infinity, 2], labels: [0, 1], count: 2).status == .notFinite)
    #expect(metric.evaluate(scores: [], labels: [], count: 0).status == .onlyNegatives)
  }
}
