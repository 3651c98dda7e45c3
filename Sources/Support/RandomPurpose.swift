/// What random numbers are for. It is part of the name of every stream, so that two uses of the same seed and
/// the same numbers (a user, an epoch) never share a stream.
package struct RandomPurpose: Sendable {
  package let key: UInt64

  package init(_ name: String) { key = KeyedRandom.key(name) }
}

extension KeyedRandom {
  /// The stream of (`seed`, `purpose`).
  package init(seed: UInt64, _ purpose: RandomPurpose) { self.init(seed: seed, purpose.key) }

  /// The stream of (`seed`, `purpose`, `first`).
  package init(seed: UInt64, _ purpose: RandomPurpose, _ first: UInt64) {
    self.init(seed: seed, purpose.key, first)
  }

  /// The stream of (`seed`, `purpose`, `first`, `second`): each is mixed in before the next.
  package init(seed: UInt64, _ purpose: RandomPurpose, _ first: UInt64, _ second: UInt64) {
    self.init(seed: seed, purpose.key, first)
    state = KeyedRandom.mix(state &+ KeyedRandom.increment &+ second)
  }
}
