import Foundation
import HDF5
import IO
import LCFT
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
