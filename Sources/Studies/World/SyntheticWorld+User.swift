import IO
import Support

extension SyntheticWorld {
  package struct User: Sendable {
    package var index: Int
    /// c: the mean click probability of what the user is shown, up to the error of 64 draws.
    package var clickRate: Double
    /// b: the logit of the click probability of an item of quality 0 to which the user is indifferent.
    package var baseLogit: Double
    /// t, [factors], of length 1.
    package var taste: [Float]
    /// Multiplies the mean numbers of exposures; has mean 1.
    package var activity: Double
    /// Running sum of the weights of the categories, [categories].
    var cumulativeTaste: [Double]
    /// Nil in a world without features.
    package var person: WorldFeatures.Person?

    package var id: String { "u\(index)" }
  }

  /// One item shown to a user.
  package struct Exposure: Sendable, Equatable {
    package var item: Int32
    /// How far the user went: no action, a click, or a click and more.
    package var action: Dataset.Action
    /// The probability of a click or more.
    package var probability: Float
    /// Seconds since 1970.
    package var timestamp: Int64
    /// The circumstances; unknown in a world without features.
    package var context = WorldFeatures.Context.unknown
    /// For how many seconds the item was seen in the list and, after a click, its page was open; longer for items that
    /// the user likes. Nil in a world without features.
    package var seen: Float?
    package var dwell: Float?

    package var clicked: Bool { action != .exposure }
  }

  /// The parts of a world's time, one after the other.
  package enum Period: Int, Sendable, CaseIterable {
    /// Before training: its clicks are events and nothing is a sample.
    case history
    case training
    case test

    /// Seconds since 1970: two weeks, four weeks, one week.
    package var times: Range<Int64> {
      let day: Int64 = 86_400
      let start: Int64 = 1_600_000_000
      switch self {
      case .history: return start..<start + 14 * day
      case .training: return start + 14 * day..<start + 42 * day
      case .test: return start + 42 * day..<start + 49 * day
      }
    }
  }

  /// User `index` of the world; the same whichever other users are made.
  package func user(_ index: Int) -> User {
    func stream(_ purpose: Purpose) -> KeyedRandom {
      KeyedRandom(seed: options.seed, UInt64(index), purpose.rawValue)
    }
    var random = stream(.taste)
    let direction = (0..<options.factors).map { _ in random.normal() }
    let length = max(direction.reduce(0) { $0 + $1 * $1 }.squareRoot(), .leastNormalMagnitude)
    let taste = direction.map { Float($0 / length) }

    random = stream(.rate)
    let rate = sigmoid(meanRateLogit + (options.drift ? options.driftSpread * random.normal() : 0))
    random = stream(.activity)
    let spread = options.activitySpread
    let activity = exp(spread * random.normal() - spread * spread / 2)

    var cumulative: [Double] = []
    cumulative.reserveCapacity(options.categories)
    var sum = 0.0
    for category in 0..<options.categories {
      var dot: Float = 0
      for factor in 0..<options.factors {
        dot += taste[factor] * categoryFactors[category * options.factors + factor]
      }
      let popularity =
        cumulativePopularity[categoryStarts[category + 1]] - cumulativePopularity[categoryStarts[category]]
      sum += popularity * exp(Double(dot))
      cumulative.append(sum)
    }
    var user = User(
      index: index, clickRate: rate, baseLogit: 0, taste: taste, activity: activity,
      cumulativeTaste: cumulative)
    if features != nil {
      random = stream(.person)
      user.person = WorldFeatures.person(using: &random)
    }
    random = stream(.base)
    var contexts = stream(.baseContexts)
    let offsets = (0..<64).map { _ in
      let item = candidate(for: user, using: &random)
      guard features != nil else { return logit(user: user, item: item, .unknown) }
      let time = Int64(contexts.below(86_400))
      return logit(user: user, item: item, context(at: time, using: &contexts))
    }
    user.baseLogit = SyntheticWorld.base(
      of: offsets, weights: [Double](repeating: 1, count: offsets.count), rate: rate)
    return user
  }

  /// An item as it would be shown to the user, by popularity or by taste and popularity.
  package func candidate(for user: User, using random: inout KeyedRandom) -> Int {
    var members = 0..<options.items
    if random.uniform() < options.tasteShare {
      let target = random.uniform() * user.cumulativeTaste[options.categories - 1]
      let tastes = user.cumulativeTaste
      let category = min(bisect(tastes.count) { tastes[$0] > target }, options.categories - 1)
      members = categoryStarts[category]..<categoryStarts[category + 1]
    }
    return cumulativePopularity.withUnsafeBufferPointer { sums in
      let target =
        sums[members.lowerBound]
        + random.uniform() * (sums[members.upperBound] - sums[members.lowerBound])
      // The member whose sum up to and with itself is the first above the target.
      let first = members.lowerBound
      let place = first + bisect(members.count) { sums[first + $0 + 1] > target }
      return Int(catalogue[min(place, members.upperBound - 1)])
    }
  }

  /// The circumstances of an exposure; unknown in a world without features.
  private func context(at timestamp: Int64, using random: inout KeyedRandom) -> WorldFeatures.Context {
    features == nil ? .unknown : WorldFeatures.context(at: timestamp, using: &random)
  }

  /// What was shown to the user in a period, in time order.
  package func exposures(of user: User, in period: Period) -> [Exposure] {
    var exposures: [Exposure] = []
    append(exposuresOf: user, in: period, to: &exposures)
    return exposures
  }

  func append(exposuresOf user: User, in period: Period, to exposures: inout [Exposure]) {
    let (purpose, mean): (Purpose, Double) =
      switch period {
      case .history: (.history, options.meanHistory)
      case .training: (.training, options.meanTraining)
      case .test: (.test, options.meanTest)
      }
    var random = KeyedRandom(seed: options.seed, UInt64(user.index), purpose.rawValue)
    // Rounded up with the fraction as probability, so that the mean stays the same.
    let count = Int(mean * user.activity + random.uniform())
    let first = exposures.count
    let times = period.times
    for _ in 0..<count {
      exposures.append(
        Exposure(
          item: 0, action: .exposure, probability: 0,
          timestamp: times.lowerBound + Int64(random.below(times.count))))
    }
    exposures[first...].sort { $0.timestamp < $1.timestamp }
    // Circumstances have their own stream, so that the same items are shown with and without features.
    var contexts = KeyedRandom(
      seed: options.seed, UInt64(user.index), Purpose.contexts.rawValue + purpose.rawValue)
    for row in first..<first + count {
      let item = candidate(for: user, using: &random)
      let context = context(at: exposures[row].timestamp, using: &contexts)
      let probability = clickProbability(user: user, item: item, context)
      exposures[row].item = Int32(item)
      exposures[row].context = context
      exposures[row].probability = Float(probability)
      exposures[row].action = random.uniform() < probability ? .click : .exposure
    }
    // Actions have their own stream, so that what is shown and clicked is the same with and without them.
    random = KeyedRandom(seed: options.seed, UInt64(user.index), Purpose.actions.rawValue + purpose.rawValue)
    for row in first..<first + count where exposures[row].clicked {
      exposures[row].action = action(share: random.uniform())
    }
    guard features != nil else { return }
    random = KeyedRandom(
      seed: options.seed, UInt64(user.index), Purpose.durations.rawValue + purpose.rawValue)
    for row in first..<first + count {
      let liking = logit(user: user, item: Int(exposures[row].item), .unknown) - user.baseLogit
      let (short, long) = (random.normal(), random.normal())
      exposures[row].seen = Float(exp(0.5 + 0.2 * liking + 0.5 * short))
      if exposures[row].clicked { exposures[row].dwell = Float(exp(3 + 0.4 * liking + 0.7 * long)) }
    }
  }

  /// What a click leads to: the shares of the actions, the furthest first, cut [0, 1).
  private func action(share: Double) -> Dataset.Action {
    var sum = 0.0
    for (action, part) in SyntheticWorld.actionShares {
      sum += part
      if share < sum { return action }
    }
    return .click
  }

  /// Of the clicked items, the shares that are bought, marked or put into the cart; the rest is only clicked.
  package static let actionShares: [(Dataset.Action, Double)] = [
    (.buy, 0.05), (.favourite, 0.1), (.cart, 0.15),
  ]
}
