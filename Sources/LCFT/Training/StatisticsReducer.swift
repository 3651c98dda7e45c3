import Dist
import Models

/// Sums the statistics of normalisations over the virtual shards of all ranks, and counts what that
/// exchanges.
final class StatisticsReducer: ShardReducer {
  private let tree: TreeSum
  private let waiting: WaitingMeter
  /// How many sums of vectors of each length there have been.
  private(set) var sums: [(length: Int, times: Int)] = []

  init(_ tree: TreeSum, _ waiting: WaitingMeter) {
    self.tree = tree
    self.waiting = waiting
  }

  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    if let place = sums.firstIndex(where: { $0.length == count }) {
      sums[place].times += 1
    } else {
      sums.append((count, 1))
    }
    try waiting.measure { try tree.sum(values, count: count) }
  }
}
