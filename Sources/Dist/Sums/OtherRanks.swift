/// The other ranks, nearest first: if every rank sends in the order `after` and receives in the order
/// `before`, each serves a different one at any time, and none is flooded.
struct OtherRanks: Sequence, IteratorProtocol {
  private let size: Int
  private let step: Int
  private var rank: Int
  private var left: Int

  private init(_ rank: Int, of size: Int, step: Int) {
    self.size = size
    self.step = step
    self.rank = rank
    left = size - 1
  }

  /// rank + 1, rank + 2, ..., all but `rank`, modulo `size`.
  static func after(_ rank: Int, of size: Int) -> OtherRanks { OtherRanks(rank, of: size, step: 1) }

  /// rank - 1, rank - 2, ..., all but `rank`, modulo `size`.
  static func before(_ rank: Int, of size: Int) -> OtherRanks { OtherRanks(rank, of: size, step: size - 1) }

  mutating func next() -> Int? {
    guard left > 0 else { return nil }
    left -= 1
    rank = (rank + step) % size
    return rank
  }
}
