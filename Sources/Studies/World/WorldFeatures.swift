import Support

/// The features of a world's users, items and exposures, and what each group adds to the logit of a click:
///
///     item     s_i (0.7 B[brand] - 0.5 z(price) + 0.5 mean of T[tags])
///     user     s_u (0.9 A[segment, brand] + 0.4 z(age) z(price))
///     context  s_c (0.7 D[device] + 0.5 H(hour) - 0.5 z(position))
///
/// with z standardised and 0 where the value is missing, B, T, A and D standard normal, H(h) = sqrt(2) cos(2 pi (h - 20)
/// / 24), and s the spreads of the options: about the standard deviation of the group over exposures. What the user's
/// features add depends on the item, since what is the same for all items is the user's click rate.
package struct WorldFeatures: Sendable {
  static let segments = 8
  static let tags = 20
  /// The shares of the devices: phone, desktop, tablet, television.
  static let devices: [(name: String, share: Double)] = [
    ("phone", 0.5), ("desktop", 0.3), ("tablet", 0.15), ("television", 0.05),
  ]
  static let positions = 10

  /// The brands of all items: the more popular ones have the lower numbers.
  package let brand: [Int32]
  package let brandCount: Int
  /// The standardised logarithm of each item's price: ln(price) = 3 + 0.8 z; nan where it is not known.
  package let priceScore: [Double]
  /// The tags of each item, 0 to 3 different ones.
  package let itemTags: [[Int32]]
  /// [items] what the item's own features add before s_i.
  private let itemPart: [Double]
  /// A, [segments x brands].
  private let affinity: [Double]
  /// D.
  private let deviceEffect: [Double]

  /// The circumstances in which an item is shown.
  package struct Context: Sendable, Equatable {
    /// -1 where it is not known.
    package var device: Int32
    /// Of the day, by UTC; -1 where it is not known.
    package var hour: Int32
    /// From 1; 0 where it is not known.
    package var position: Int32

    package init(device: Int32, hour: Int32, position: Int32) {
      self.device = device
      self.hour = hour
      self.position = position
    }

    /// Nothing is known, and nothing is added.
    package static let unknown = Context(device: -1, hour: -1, position: 0)
  }

  /// What the world knows of a user beside taste and click rate.
  package struct Person: Sendable, Equatable {
    package var segment: Int
    /// In years; nil where it is not known.
    package var age: Int?

    var ageScore: Double { age.map { (Double($0) - 40) / 12 } ?? 0 }
  }

  init(items: Int, random: (SyntheticWorld.Purpose) -> KeyedRandom) {
    let brands = max(1, min(items / 4, 200))
    brandCount = brands
    var stream = random(.brands)
    var sums: [Double] = []
    for brand in 0..<brands { sums.append((sums.last ?? 0) + 1 / Double(brand + 1)) }
    let total = sums[brands - 1]
    brand = (0..<items).map { _ in
      let target = stream.uniform() * total
      return Int32(min(bisect(brands) { sums[$0] > target }, brands - 1))
    }
    stream = random(.prices)
    priceScore = (0..<items).map { _ in
      let score = stream.normal()
      return stream.uniform() < 0.05 ? .nan : score
    }
    stream = random(.tags)
    itemTags = (0..<items).map { _ in
      var chosen: [Int32] = []
      for _ in 0..<stream.below(4) {
        let tag = Int32(stream.below(WorldFeatures.tags))
        if !chosen.contains(tag) { chosen.append(tag) }
      }
      return chosen
    }
    stream = random(.effects)
    let brandEffect = (0..<brands).map { _ in stream.normal() }
    let tagEffect = (0..<WorldFeatures.tags).map { _ in stream.normal() }
    deviceEffect = WorldFeatures.devices.map { _ in stream.normal() }
    affinity = (0..<WorldFeatures.segments * brands).map { _ in stream.normal() }
    let (brand, priceScore, itemTags) = (brand, priceScore, itemTags)
    itemPart = (0..<items).map { item in
      let ofTags = itemTags[item].reduce(0) { $0 + tagEffect[Int($1)] } / Double(max(itemTags[item].count, 1))
      return 0.7 * brandEffect[Int(brand[item])] - 0.5 * known(priceScore[item]) + 0.5 * ofTags
    }
  }

  /// What the item's own features add, before s_i.
  func ofItem(_ item: Int) -> Double { itemPart[item] }

  /// What the user's features add for an item, before s_u.
  func ofUser(_ person: Person, _ item: Int) -> Double {
    0.9 * affinity[person.segment * brandCount + Int(brand[item])]
      + 0.4 * person.ageScore * known(priceScore[item])
  }

  /// What the circumstances add, before s_c.
  func ofContext(_ context: Context) -> Double {
    var sum = 0.0
    if context.device >= 0 { sum += 0.7 * deviceEffect[Int(context.device)] }
    if context.hour >= 0 { sum += 0.5 * 2.0.squareRoot() * cos(.pi * Double(context.hour - 20) / 12) }
    // Uniform over 1 to 10: mean 5.5, variance 8.25.
    if context.position > 0 { sum -= 0.5 * (Double(context.position) - 5.5) / 8.25.squareRoot() }
    return sum
  }

  /// The price that has this standardised logarithm, to the cent.
  static func price(_ score: Double) -> Float { Float((exp(3 + 0.8 * score) * 100).rounded() / 100) }

  /// A user, from a stream of the user's own.
  static func person(using random: inout KeyedRandom) -> Person {
    let segment = random.below(segments)
    let age = min(max(Int((40 + 12 * random.normal()).rounded()), 15), 90)
    return Person(segment: segment, age: random.uniform() < 0.1 ? nil : age)
  }

  /// The circumstances of an exposure at `timestamp`.
  static func context(at timestamp: Int64, using random: inout KeyedRandom) -> Context {
    var share = random.uniform()
    var device = 0
    while device < devices.count - 1 && share >= devices[device].share {
      share -= devices[device].share
      device += 1
    }
    let position = Int32(1 + random.below(positions))
    return Context(
      device: Int32(device), hour: Int32(timestamp / 3600 % 24),
      position: random.uniform() < 0.05 ? 0 : position)
  }
}

/// `score`, or 0 where it is not a number.
private func known(_ score: Double) -> Double { score.isNaN ? 0 : score }
