/// What a sum over the ranks costs a rank, as the mean of all ranks.
///
/// By this a sum chooses between its ways, alike on every rank, and by this a run's time is estimated.
package struct ExchangeCost: Sendable, Equatable {
  /// Exchanges one after another, each of which takes at least the time of an empty message.
  package var rounds = 0.0
  /// Messages that a rank sends.
  package var messages = 0.0
  /// Bytes that a rank sends.
  package var bytes = 0.0

  package init(rounds: Double = 0, messages: Double = 0, bytes: Double = 0) {
    self.rounds = rounds
    self.messages = messages
    self.bytes = bytes
  }

  package static func + (left: ExchangeCost, right: ExchangeCost) -> ExchangeCost {
    ExchangeCost(
      rounds: left.rounds + right.rounds, messages: left.messages + right.messages,
      bytes: left.bytes + right.bytes)
  }

  package static func * (cost: ExchangeCost, count: Double) -> ExchangeCost {
    ExchangeCost(
      rounds: cost.rounds * count, messages: cost.messages * count, bytes: cost.bytes * count)
  }

  /// One number to compare costs, in bytes. A round counts as the bytes that a network carries in its time:
  /// some 8 KiB, both for shared memory (2 us, 4 GB/s) and for a gigabit link (60 us, 0.12 GB/s). A message
  /// costs its sender about an eighth of that.
  package var weight: Double { bytes + 8192 * rounds + 1024 * messages }
}
