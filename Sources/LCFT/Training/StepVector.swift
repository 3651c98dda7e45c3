import Dist
import Models

/// What the ranks sum in every step in one exchange: per virtual shard the gradient of the dense weights,
/// what this rank requests to happen after the step, and the shard's loss.
///
/// [owned shards x (weights + 2)], in single precision: per shard [gradient | requests | loss]. The sum over
/// the shards of all ranks ends up in the place of this rank's first shard, the same on every rank. Gradients that layers
/// add over the shards themselves (`joins`) have no values of their own in the other shards' places.
package final class StepVector {
  private let shards: Int
  /// Dense weights.
  private let weights: Int
  private let values: UnsafeMutablePointer<Float>
  /// How the pass's layers add gradients over the shards.
  package let joins: ShardJoins
  /// The columns that are added here.
  private let columns: [Range<Int>]
  /// Pieces of these, and how many of them are added.
  private let pieces: [Range<Int>]
  private var added = 0

  /// For this rank's shards, at least one, which `tree` adds, and the dense weights of `layout`.
  package init(_ layout: ModelLayout, along tree: TreeSum) {
    shards = tree.ownedShards
    precondition(shards > 0, "a rank has a shard")
    weights = layout.parameterCount
    joins = ShardJoins(shards: shards, additions: tree.ownAdditions, layout)
    columns = layout.shardwiseWeights + [weights..<weights + 2]
    pieces = columns.flatMap { range in
      Swift.stride(from: range.lowerBound, to: range.upperBound, by: TreeSum.block).map {
        $0..<min($0 + TreeSum.block, range.upperBound)
      }
    }
    values = .allocate(capacity: shards * (weights + 2))
    clear()
  }

  deinit { values.deallocate() }

  /// Floats from one shard's part to the next.
  package var stride: Int { weights + 2 }

  /// Shard s's gradient [weights] is at s x `stride`; after `sum` that of the whole batch is at 0.
  package var gradients: UnsafeMutablePointer<Float> { values }

  /// Zeroes requests, losses and the gradients that layers add to.
  package func clear() {
    for shard in 0..<shards {
      for range in columns {
        (values + shard * stride + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    added = 0
  }

  /// The loss of the shard at `index`.
  package func setLoss(_ loss: Double, ofShard index: Int) {
    values[index * stride + weights + 1] = Float(loss)
  }

  /// What this rank requests. It travels once, with the first shard.
  package func setRequests(_ requests: StepRequests) { values[weights] = requests.number }

  /// Does a part of the additions within this rank, for `sum`. After the first call nothing may be set or added. False where
  /// none is left.
  package func addOwn(along tree: TreeSum) -> Bool {
    guard added < pieces.count else { return false }
    tree.addOwn(values, count: stride, pieces[added])
    added += 1
    return true
  }

  /// Sums over all shards of all ranks; the shards' own values are used up. Collective.
  package func sum(over tree: TreeSum) throws {
    while addOwn(along: tree) {}
    try tree.sum(values, count: stride, isAdded: true)
  }

  /// After `sum`: the loss of all shards.
  package var loss: Double { Double(values[weights + 1]) }

  /// After `sum`: what any of the ranks requested.
  package var requests: StepRequests { StepRequests(sum: values[weights]) }
}
