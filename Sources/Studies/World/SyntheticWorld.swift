import IO
import Import
import Support

/// A world of users and items whose click probabilities are known.
///
/// - A category has a centre g in R^F, standard normal; an item of it has v = sqrt(r) g + sqrt(1 - r) e
///   with e standard normal and r = `categoryShare`, a quality q ~ N(0, `qualitySpread`^2), and a Zipf
///   popularity by a random rank.
/// - A user has a taste t, uniform on the unit sphere of R^F, a lognormal activity, and a click rate c with
///   logit(c) = m + s z, z ~ N(0, 1), s = `driftSpread` or 0 without drift; m makes the mean of c
///   `clickRate`.
/// - The user is shown items drawn by popularity; a share `tasteShare` of them from a category drawn
///   with weight (its items' popularity) * exp(t . g).
/// - A shown item is clicked with p = sigmoid(b + a t . v + q), a = `tasteSpread`; the user's base logit b
///   makes the mean of p over 64 items drawn as they are shown the user's click rate c.
/// - Of the clicked items fixed shares (`actionShares`) go into the cart, are marked as favourites or bought.
/// - With `Options.features` users, items and exposures have features that add to the logit (`WorldFeatures`), and
///   events say how long the item was seen and looked at.
///
/// Drift changes s alone, and m with it: the same items are shown at the same times in both worlds, and
/// without drift all users click at the same rate, each on what suits the user's taste. Everything about a
/// user is drawn from streams keyed by (seed, user), so that users can be made in any order, alone, and do
/// not depend on how many there are.
package struct SyntheticWorld: Sendable {
  package let options: Options
  /// [items * factors].
  let itemFactors: [Float]
  let itemQuality: [Float]
  /// The category of each item.
  package let itemCategory: [Int32]
  /// [categories * factors].
  let categoryFactors: [Float]
  /// Items by category; those of category c are `catalogue[categoryStarts[c] ..< categoryStarts[c + 1]]`.
  let catalogue: [Int32]
  let categoryStarts: [Int]
  /// Running sum of the popularity of `catalogue`, [items + 1].
  let cumulativePopularity: [Double]
  /// m: the mean over users of the logit of the click rate.
  package let meanRateLogit: Double
  /// Nil in a world without features.
  package let features: WorldFeatures?

  /// What a world is drawn for; each is the second key of a stream.
  enum Purpose: UInt64 {
    case categories = 1
    case items, popularity, taste, rate, activity, base, history, training, test
    /// Bases of streams with a period's key added: 8 to 10 above each.
    case actions = 100
    case contexts = 300
    case durations = 320
    case brands = 200
    case prices, tags, effects, person, baseContexts
  }

  package init(_ options: Options) throws(ImportError) {
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
    meanRateLogit = SyntheticWorld.meanRateLogit(options)
    features =
      options.features
      ? WorldFeatures(items: items) { SyntheticWorld.stream(options.seed, $0) } : nil
  }

  /// An item as the world knows it.
  package struct Item: Sendable, Equatable {
    package var id: String
    package var category: Int
    /// v, [factors].
    package var factors: [Float]
    package var quality: Double
    /// The share of the exposures drawn by popularity alone that show it.
    package var popularity: Double
  }

  package func item(_ index: Int) -> Item {
    let category = Int(itemCategory[index])
    let first = categoryStarts[category]
    // A category's members are in the order of their numbers.
    let place = first + bisect(categoryStarts[category + 1] - first) { catalogue[first + $0] >= Int32(index) }
    return Item(
      id: "i\(index)", category: category,
      factors: Array(itemFactors[index * options.factors..<(index + 1) * options.factors]),
      quality: Double(itemQuality[index]),
      popularity: (cumulativePopularity[place + 1] - cumulativePopularity[place])
        / cumulativePopularity[options.items])
  }

  /// p(user, item): the probability that the user clicks the item when it is shown in these circumstances.
  package func clickProbability(
    user: User, item: Int, _ context: WorldFeatures.Context = .unknown
  ) -> Double {
    sigmoid(logit(user: user, item: item, context))
  }

  /// The logit of the click probability, with what the features of `owners` add to it; nil: of all.
  package func logit(
    user: User, item: Int, _ context: WorldFeatures.Context, of owners: Set<FeatureOwner>? = nil
  ) -> Double {
    var logit = user.baseLogit + preference(user.taste, item)
    guard let features else { return logit }
    func adds(_ owner: FeatureOwner) -> Bool { owners?.contains(owner) ?? true }
    if adds(.items) { logit += options.itemFeatureSpread * features.ofItem(item) }
    if adds(.users), let person = user.person {
      logit += options.userFeatureSpread * features.ofUser(person, item)
    }
    if adds(.samples) { logit += options.contextFeatureSpread * features.ofContext(context) }
    return logit
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

  /// The m at which sigmoid(m + s z) has the mean `clickRate` over z ~ N(0, 1).
  private static func meanRateLogit(_ options: Options) -> Double {
    // The normal's mass at midpoints of steps of 0.05 out to 8 standard deviations.
    let deviates = (0..<320).map { -8 + (Double($0) + 0.5) * 0.05 }
    let masses = deviates.map { exp(-$0 * $0 / 2) }
    let spread = options.drift ? options.driftSpread : 0
    return base(of: deviates.map { spread * $0 }, weights: masses, rate: options.clickRate)
  }

  /// The b at which sigmoid(b + x) has the weighted mean `rate` over the `offsets` x: Newton's method,
  /// halving the bracket where it would leave it.
  static func base(of offsets: [Double], weights: [Double], rate: Double) -> Double {
    let total = weights.reduce(0, +)
    let (least, most) = (offsets.min() ?? 0, offsets.max() ?? 0)
    let target = log(rate / (1 - rate))
    var (low, high) = (target - most, target - least)
    var base = (low + high) / 2
    for _ in 0..<50 {
      var mean = 0.0
      var slope = 0.0
      for index in 0..<offsets.count {
        let probability = sigmoid(base + offsets[index])
        mean += weights[index] * probability
        slope += weights[index] * probability * (1 - probability)
      }
      let excess = mean / total - rate
      if excess < 0 { low = base } else { high = base }
      var next = base - excess * total / slope
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - base) < 1e-9 { return next }
      base = next
    }
    return base
  }

  private static func stream(_ seed: UInt64, _ purpose: Purpose) -> KeyedRandom {
    KeyedRandom(seed: seed, .syntheticWorld, purpose.rawValue)
  }
}

extension RandomPurpose {
  fileprivate static let syntheticWorld = RandomPurpose("synthetic world")
}

func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
