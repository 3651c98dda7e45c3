import Dist
import Models

/// Sums the statistics of normalisations over the virtual shards of all ranks, and counts what that
/// exchanges.
final class StatisticsReducer: ShardReducer {
  private let tree: TreeSum
  private let waiting: WaitingMeter
  /// Sums so far, and their bytes.
  private(set) var sumCount = 0
  private(set) var sumBytes = 0

  init(_ tree: TreeSum, _ waiting: WaitingMeter) {
    self.tree = tree
    self.waiting = waiting
  }

  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    sumCount += 1
    sumBytes += count * MemoryLayout<Double>.size
    try waiting.measure { try tree.sum(values, count: count) }
  }
}
