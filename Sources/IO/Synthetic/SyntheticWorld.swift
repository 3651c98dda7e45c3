import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A world of users and items whose click probabilities are known.
///
/// - A category has a centre g in R^F, standard normal; an item of it has v = sqrt(r) g + sqrt(1 - r) e
///   with e standard normal and r = `categoryShare`, a quality q ~ N(0, `qualitySpread`^2), and a Zipf
///   popularity by a random rank.
/// - A user has a taste t, uniform on the unit sphere of R^F, a base logit b = mu + s z with z ~ N(0, 1)
///   and s = `driftSpread` (0 without drift), and a lognormal activity.
/// - Shown to the user are items drawn by popularity; a share `tasteShare` of them from a category drawn
///   with weight (its items' popularity) * exp(t . g).
/// - A shown item is clicked with p = sigmoid(b + a t . v + q), a = `tasteSpread`; mu is set so that the
///   mean of p over what is shown is `clickRate`.
///
/// Drift changes s alone (and mu with it): the same items are shown at the same times in both worlds.
/// Everything about a user is drawn from streams keyed by (seed, user), so that users can be made in any
/// order, alone, and do not depend on how many there are.
public struct SyntheticWorld: Sendable {
  public let options: Options
  /// [items * factors].
  let itemFactors: [Float]
  let itemQuality: [Float]
  /// The category of each item.
  public let itemCategory: [Int32]
  /// [categories * factors].
  let categoryFactors: [Float]
  /// Items by category; those of category c are `catalogue[categoryStarts[c] ..< categoryStarts[c + 1]]`.
  let catalogue: [Int32]
  let categoryStarts: [Int]
  /// Running sum of the popularity of `catalogue`, [items + 1].
  let cumulativePopularity: [Double]
  /// The users' mean base logit.
  public private(set) var baseLogit: Double

  /// What a world is drawn for; each is the second key of a stream.
  enum Purpose: UInt64 {
    case categories = 1
    case items, popularity, taste, base, activity, history, training, test, calibration
  }

  public init(_ options: Options) throws(ImportError) {
    try options.check()
    self.options = options
    let (items, categories, factors) = (options.items, options.categories, options.factors)

    var random = SyntheticWorld.stream(options.seed, .categories)
    let centres = (0..<categories * factors).map { _ in Float(random.normal()) }
    random = SyntheticWorld.stream(options.seed, .items)
    let own = Float(options.categoryShare.squareRoot())
    let other = Float((1 - options.categoryShare).squareRoot())
    var category: [Int32] = []
    var vectors: [Float] = []
    var quality: [Float] = []
    vectors.reserveCapacity(items * factors)
    for item in 0..<items {
      // The first items give every category one.
      let chosen = item < categories ? item : random.below(categories)
      category.append(Int32(chosen))
      for factor in 0..<factors {
        vectors.append(own * centres[chosen * factors + factor] + other * Float(random.normal()))
      }
      quality.append(Float(options.qualitySpread * random.normal()))
    }

    var ranks = Array(0..<items)
    random = SyntheticWorld.stream(options.seed, .popularity)
    ranks.withUnsafeMutableBufferPointer { random.shuffle($0) }
    var starts = [Int](repeating: 0, count: categories + 1)
    for item in 0..<items { starts[Int(category[item]) + 1] += 1 }
    for index in 0..<categories { starts[index + 1] += starts[index] }
    var next = starts
    var catalogue = [Int32](repeating: 0, count: items)
    for item in 0..<items {
      catalogue[next[Int(category[item])]] = Int32(item)
      next[Int(category[item])] += 1
    }
    var cumulative: [Double] = [0]
    for item in catalogue {
      cumulative.append(
        cumulative[cumulative.count - 1] + pow(Double(ranks[Int(item)] + 1), -options.popularityExponent))
    }

    itemFactors = vectors
    itemQuality = quality
    itemCategory = category
    categoryFactors = centres
    self.catalogue = catalogue
    categoryStarts = starts
    cumulativePopularity = cumulative
    baseLogit = 0
    baseLogit = calibratedBase()
  }

  /// An item as the world knows it.
  public struct Item: Sendable, Equatable {
    public var id: String
    public var category: Int
    /// v, [factors].
    public var factors: [Float]
    public var quality: Double
    /// The share of the exposures drawn by popularity alone that show it.
    public var popularity: Double
  }

  public func item(_ index: Int) -> Item {
    let category = Int(itemCategory[index])
    let members = catalogue[categoryStarts[category]..<categoryStarts[category + 1]]
    // A category's members are in the order of their numbers.
    let place = members.partitioningIndex { $0 >= Int32(index) }
    return Item(
      id: "i\(index)", category: category,
      factors: Array(itemFactors[index * options.factors..<(index + 1) * options.factors]),
      quality: Double(itemQuality[index]),
      popularity: (cumulativePopularity[place + 1] - cumulativePopularity[place])
        / cumulativePopularity[options.items])
  }

  /// p(user, item): the probability that the user clicks the item when it is shown.
  public func clickProbability(user: User, item: Int) -> Double {
    sigmoid(user.baseLogit + preference(user.taste, item))
  }

  /// a t . v + q.
  func preference(_ taste: [Float], _ item: Int) -> Double {
    let factors = options.factors
    return taste.withUnsafeBufferPointer { taste in
      itemFactors.withUnsafeBufferPointer { vectors in
        var dot: Float = 0
        for factor in 0..<factors { dot += taste[factor] * vectors[item * factors + factor] }
        return options.tasteSpread * Double(dot) + Double(itemQuality[item])
      }
    }
  }

  /// mu: the base logit at which users beyond the world's own click at `clickRate` on average.
  private func calibratedBase() -> Double {
    var offsets: [Double] = []
    for index in 0..<2000 {
      let user = user(keyed: SyntheticWorld.calibrationKey &+ UInt64(index), index: index)
      var random = KeyedRandom(
        seed: options.seed, SyntheticWorld.calibrationKey &+ UInt64(index), Purpose.calibration.rawValue)
      for _ in 0..<20 {
        offsets.append(user.baseLogit + preference(user.taste, candidate(for: user, using: &random)))
      }
    }
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let mean = offsets.reduce(0) { $0 + sigmoid(middle + $1) } / Double(offsets.count)
      if mean < options.clickRate { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Far from the users' own numbers.
  private static let calibrationKey: UInt64 = 1 << 62

  private static func stream(_ seed: UInt64, _ purpose: Purpose) -> KeyedRandom {
    KeyedRandom(seed: seed, KeyedRandom.key("synthetic world"), purpose.rawValue)
  }
}

func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }

extension RandomAccessCollection {
  /// The first index whose element satisfies `belongs`, which all later elements do too.
  func partitioningIndex(where belongs: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if belongs(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
