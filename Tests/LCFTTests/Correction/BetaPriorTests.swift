import Foundation
import IO
import LCFT
import Support
import TestSupport
import Testing

@Suite struct BetaPriorTests {
  private static func counts(_ positives: [Int], _ samples: [Int]) -> ClickCounts {
    ClickCounts(positives.count) { (positives[$0], samples[$0] - positives[$0]) }
  }

  /// scipy.optimize on scipy.stats.betabinom, with the mean of the counts.
  @Test func strengthIsMostLikely() {
    let (positives, samples) = ([0, 1, 5, 9, 2, 30, 0, 4], [3, 4, 6, 12, 20, 40, 7, 4])
    let prior = BetaPrior(mean: 0.53125, of: BetaPriorTests.counts(positives, samples))
    #expect(abs(prior.strength / 1.301_504_1 - 1) < 1e-6)
    // The order of the users changes nothing, to the bit.
    let reversed = BetaPriorTests.counts(positives.reversed(), samples.reversed())
    #expect(BetaPrior(mean: 0.53125, of: reversed) == prior)
    #expect(prior.rate(positives: 0, samples: 3) == prior.strength * 0.53125 / (3 + prior.strength))
    #expect(prior.rate(positives: 0, samples: 0) == 0.53125)
  }

  /// Single samples say nothing of how far users differ.
  @Test func singleSamplesHaveTheMean() {
    let single = BetaPrior(mean: 0.25, of: BetaPriorTests.counts([1, 0, 0, 0], [1, 1, 1, 1]))
    #expect(single.strength == BetaPrior.strengths.upperBound)
  }

  /// Users who differ less than chance has them differ have the same rate; users of one class each their own.
  @Test func endsOfTheRange() {
    let alike = BetaPrior(
      mean: 13.0 / 48, of: BetaPriorTests.counts([3, 2, 4, 3, 1], [10, 9, 11, 10, 8]))
    #expect(alike.strength > 0.999 * BetaPrior.strengths.upperBound)
    let apart = BetaPrior(
      mean: 15.0 / 33, of: BetaPriorTests.counts([5, 0, 0, 7, 0, 3], [5, 6, 4, 7, 8, 3]))
    #expect(apart.strength < 1.001 * BetaPrior.strengths.lowerBound)
  }

  /// Items 0 to 3: shown 4, 2, 1 and 0 times. The strength is scipy's for the items' counts (2 of 4, 0 of 2, 1 of 1).
  @Test func popularityOfExposures() {
    let popularity = ItemPopularity(
      of: BetaPriorTests.dataset([0, 0, 0, 0, 1, 1, 2], [1, 1, 0, 0, 0, 0, 1], drawn: nil))
    let rates = (0..<4).map { 1 / (1 + exp(-Double(popularity.logit(ofItem: $0)))) }
    let mean = 3.0 / 7
    #expect(abs(rates[3] - mean) < 1e-6)
    // Smoothed with one strength: (p + s m) / (n + s).
    let strength = (rates[2] - 1) / (mean - rates[2])
    for (rate, (positives, shown)) in zip(rates, [(2.0, 4.0), (0, 2), (1, 1)]) {
      #expect(abs(rate - (positives + strength * mean) / (shown + strength)) < 1e-5)
    }
    #expect(rates[1] < rates[0] && rates[0] < rates[2])
  }

  /// Drawn negatives say nothing of their item: counts of positives order the items, and each has the mean of the negatives.
  @Test func popularityAmongDrawnNegatives() {
    let popularity = ItemPopularity(
      of: BetaPriorTests.dataset(
        [0, 0, 1, 2, 1, 1, 1, 2], [1, 1, 1, 0, 0, 0, 0, 0], drawn: [0, 0, 0, 1, 1, 1, 1, 1]))
    let logits = (0..<4).map { Double(popularity.logit(ofItem: $0)) }
    for (logit, positives) in zip(logits, [2.0, 1, 0, 0]) {
      #expect(abs(exp(logit) - (positives + 0.375) / (5.0 / 3 + 0.625)) < 1e-6)
    }
    #expect(logits[2] == logits[3])
  }

  private static func dataset(_ items: [Int32], _ labels: [UInt8], drawn: [UInt8]?) -> Dataset {
    var dataset = smallDataset(users: 1, items: 4)
    dataset.train = Dataset.Samples(
      offsets: Column([0, Int64(items.count)]), item: Column(items), label: Column(labels),
      eventPosition: Column(items.map { _ in 0 }), drawn: drawn.map { Column($0) })
    return dataset
  }
}
