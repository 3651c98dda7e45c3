import Support

/// How many items that the user did not review join each review as negative samples.
package struct NegativeSampling: Equatable, Sendable {
  /// A user's ratio of negatives to positives is drawn once, uniformly from this range, and holds in
  /// training and test: local CTRs differ by user and are discrete.
  package var ratios: ClosedRange<Int>

  package init(ratios: ClosedRange<Int> = 1...9) { self.ratios = ratios }

  /// As it stands in the data set's provenance.
  package var text: String { "uniform \(ratios.lowerBound)...\(ratios.upperBound) per user" }

  func check() throws(ImportError) {
    guard ratios.lowerBound < 0 || ratios.upperBound > 1000 else { return }
    throw .option(
      name: "negatives per positive", value: "\(ratios.lowerBound)...\(ratios.upperBound)",
      allowed: "from 0 to 1000")
  }

  /// The user's stream: it depends on the seed and the user's identifier alone, so that other users in
  /// the file do not change this one's samples. Its first number is the ratio.
  func stream(seed: UInt64, user: String) -> (ratio: Int, random: KeyedRandom) {
    var random = KeyedRandom(seed: seed, KeyedRandom.key(user), KeyedRandom.key("negatives"))
    return (ratios.lowerBound + random.below(ratios.count), random)
  }
}
