import Support

/// How many items join each positive as negative samples, and which ones.
package struct NegativeSampling: Equatable, Sendable {
  /// Items that the user has an event with, anywhere in the log.
  package enum OwnItems: String, CaseIterable, Sendable {
    /// They are never negatives.
    case excluded
    /// They may be, all but the positive itself, as in the reference implementation.
    case asNegatives = "as-negatives"
  }

  /// The items that may be drawn.
  package enum Candidates: String, CaseIterable, Sendable {
    /// Every item of the log.
    case all
    /// Items whose first event in the log is not later than the sample.
    case existing
  }

  /// A user's ratio of negatives to positives is drawn once, uniformly from this range, and holds in
  /// training and test: local CTRs differ by user and are discrete.
  package var ratios: ClosedRange<Int>
  package var ownItems: OwnItems
  package var candidates: Candidates
  /// An item is drawn in proportion to its events in the log to this power; 0 is uniform.
  package var popularityPower: Double

  package init(
    ratios: ClosedRange<Int> = 1...9, ownItems: OwnItems = .excluded, among candidates: Candidates = .all,
    popularityPower: Double = 0
  ) {
    self.ratios = ratios
    self.ownItems = ownItems
    self.candidates = candidates
    self.popularityPower = popularityPower
  }

  /// In the text of a sampling that excludes users' own items.
  static let neverOwn = "never an item of the user's"

  /// As it stands in the data set's provenance.
  package var text: String {
    var text = "uniform \(ratios.lowerBound)...\(ratios.upperBound) per user"
    if ownItems == .excluded { text += ", " + NegativeSampling.neverOwn }
    if candidates == .existing { text += ", among items that exist by then" }
    if popularityPower != 0 { text += ", by popularity to the power \(popularityPower)" }
    return text
  }

  func check() throws(ImportError) {
    if ratios.lowerBound < 0 || ratios.upperBound > 1000 {
      throw .option(
        name: "negatives per positive", value: "\(ratios.lowerBound)...\(ratios.upperBound)",
        allowed: "from 0 to 1000")
    }
    if !(popularityPower >= 0 && popularityPower <= 4) {
      throw .option(name: "popularity power", value: "\(popularityPower)", allowed: "from 0 to 4")
    }
  }

  /// The user's stream: it depends on the seed and the user's identifier alone, so that other users in
  /// the file do not change this one's samples. Its first number is the ratio.
  func stream(seed: UInt64, user: String) -> (ratio: Int, random: KeyedRandom) {
    var random = KeyedRandom(seed: seed, KeyedRandom.key(user), KeyedRandom.key("negatives"))
    return (ratios.lowerBound + random.below(ratios.count), random)
  }
}
