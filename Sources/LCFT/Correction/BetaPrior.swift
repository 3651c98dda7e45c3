import Support

/// What is known of a click rate before any sample: a beta distribution with the mean m and the strength s, that is
/// Beta(s m, s (1 - m)). A user with n samples, n+ of them positive, then has the rate
///
///     (n+ + s m) / (n + s)
///
/// s samples of the mean rate join the user's own.
package struct BetaPrior: Sendable, Equatable, Encodable {
  package let mean: Double
  package let strength: Double

  package init(mean: Double, strength: Double) {
    self.mean = mean
    self.strength = strength
  }

  /// Where the strength is looked for. At the lower end a rate is nearly the share of the samples, at the upper end nearly
  /// the mean.
  package static let strengths = 1e-3...1e6

  /// With the strength, among `strengths`, of the highest likelihood, if the positives among each user's (or item's)
  /// samples are beta-binomial:
  ///
  ///     sum over users of log B(n+ + s m, n- + s (1 - m)) - log B(s m, s (1 - m))
  ///
  /// Its derivative by s is a sum over how many have more than k positives, negatives and samples, whole numbers that
  /// depend on no order; a bisection on log s finds where it turns negative. `mean` lies strictly between 0 and 1. Where
  /// nobody has two samples the likelihood is the same for every s, and the strength the highest of `strengths`.
  package init(mean: Double, of counts: ClickCounts) {
    self.mean = mean
    func slope(_ s: Double) -> Double {
      func sum(_ more: [Int], _ share: Double) -> Double {
        var sum = 0.0
        for (k, count) in more.enumerated() { sum += Double(count) * share / (s * share + Double(k)) }
        return sum
      }
      return sum(counts.positives, mean) + sum(counts.negatives, 1 - mean) - sum(counts.samples, 1)
    }
    var (low, high) = (BetaPrior.strengths.lowerBound, BetaPrior.strengths.upperBound)
    if counts.samples.count < 2 { low = high }
    for _ in 0..<100 {
      let middle = (low * high).squareRoot()
      guard low < middle, middle < high else { break }
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    strength = low
  }

  /// The rate of a user or item with so many `samples`, of which so many are positive.
  package func rate(positives: Double, samples: Double) -> Double {
    (positives + strength * mean) / (samples + strength)
  }
}

/// How many users, or items, have more than k positives, negatives and samples, for each k from 0 on.
package struct ClickCounts: Sendable, Equatable {
  private(set) var positives: [Int]
  private(set) var negatives: [Int]
  private(set) var samples: [Int]

  /// Of `count` users or items; `of` gives the samples of each.
  package init(_ count: Int, of samples: (Int) -> (positives: Int, negatives: Int)) {
    var (positive, negative, all): ([Int], [Int], [Int]) = ([], [], [])
    func add(_ value: Int, to numbers: inout [Int]) {
      guard value > 0 else { return }
      while numbers.count < value { numbers.append(0) }
      numbers[value - 1] += 1
    }
    for one in 0..<count {
      let (positives, negatives) = samples(one)
      add(positives, to: &positive)
      add(negatives, to: &negative)
      add(positives + negatives, to: &all)
    }
    func summed(_ numbers: [Int]) -> [Int] {
      var numbers = numbers
      for k in stride(from: numbers.count - 2, through: 0, by: -1) { numbers[k] += numbers[k + 1] }
      return numbers
    }
    (positives, negatives, self.samples) = (summed(positive), summed(negative), summed(all))
  }
}

extension BetaPrior: CustomStringConvertible {
  package var description: String {
    strength > 0.99 * BetaPrior.strengths.upperBound
      ? "users differ no more than by chance, so that each one's is the global CTR"
      : "the global CTR counts as \(text(strength, 1)) samples of each user"
  }
}
