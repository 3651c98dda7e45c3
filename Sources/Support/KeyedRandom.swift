/// A stream of pseudo-random numbers that a seed and a few keys name (a user, an epoch, a tensor), so that
/// every rank draws the same numbers for the same thing, in any order of work.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014). The
/// standard library's `shuffled(using:)` and `random(in:using:)` may change between Swift releases, hence the
/// few distributions below.
public struct KeyedRandom: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  @inlinable
  package init(seed: UInt64) { state = seed }

  /// The stream of (`seed`, `first`, `second`): each key is mixed in before the next, so that
  /// (1, 2) and (2, 1) name unrelated streams.
  @inlinable
  package init(seed: UInt64, _ first: UInt64, _ second: UInt64 = 0) {
    state = KeyedRandom.mix(KeyedRandom.mix(seed &+ KeyedRandom.increment) &+ first)
    state = KeyedRandom.mix(state &+ KeyedRandom.increment &+ second)
  }

  @usableFromInline static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// SplitMix64's finalizer: a bijection of 64 bits in which every input bit reaches every output bit.
  @inlinable
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @inlinable
  public mutating func next() -> UInt64 {
    state = state &+ KeyedRandom.increment
    return KeyedRandom.mix(state)
  }

  /// Uniform in [0, 1), with all 53 bits of a Double's significand.
  @inlinable
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform over 0 ..< `count`, without bias (Lemire, "Fast random integer generation in an interval",
  /// 2019).
  @inlinable
  package mutating func below(_ count: Int) -> Int {
    precondition(count > 0, "an empty range has no random element")
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Fisher-Yates: every order of `elements` is equally likely.
  @inlinable
  package mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
    var remaining = elements.count
    while remaining > 1 {
      let chosen = below(remaining)
      remaining -= 1
      if chosen != remaining { elements.swapAt(chosen, remaining) }
    }
  }
}
