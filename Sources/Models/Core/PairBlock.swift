/// A run of a shard's samples with their pairs of sample and entry, few enough that what the layers of an attention
/// compute for them stays in the cache from one layer to the next, forward and backward.
package struct PairBlock {
  /// The least number of pairs at which a block ends. 256 rows of 80 and of 40 floats are 120 KB.
  package static let pairs = 256

  let samples: Range<Int>
  let pairs: Range<Int>
}

extension History {
  /// Calls `body` with the blocks of shard `shard`, whose samples are those of `partition`.
  ///
  /// Sums over a shard's pairs are chains in the order of the pairs, so that they do not depend on where blocks end.
  @inline(__always)
  func forEachBlock(
    ofShard shard: Int, _ partition: RowPartition, _ body: (PairBlock) throws -> Void
  ) rethrows {
    let samples = partition.rows(ofShard: shard)
    var (sample, pair) = (samples.lowerBound, pairPartition.rows(ofShard: shard).lowerBound)
    while sample < samples.upperBound {
      let (firstSample, firstPair) = (sample, pair)
      while sample < samples.upperBound, pair - firstPair < PairBlock.pairs {
        pair += Int(lengths[sample])
        sample += 1
      }
      try body(PairBlock(samples: firstSample..<sample, pairs: firstPair..<pair))
    }
    assert(pair == pairPartition.rows(ofShard: shard).upperBound, "the partition counts the pairs")
  }

  /// Calls `body` with every pair of a block: the pair's index in the block, the sample's and the entry's in the batch.
  @inline(__always)
  func forEachPair(of block: PairBlock, _ body: (_ pair: Int, _ sample: Int, _ entry: Int) -> Void) {
    var pair = 0
    for sample in block.samples {
      let start = Int(starts[sample])
      assert(
        lengths[sample] >= 0 && (lengths[sample] == 0 || start >= 0)
          && start + Int(lengths[sample]) <= keyPartition.count, "the window is in the history")
      for entry in start..<start + Int(lengths[sample]) {
        body(pair, sample, entry)
        pair += 1
      }
    }
    assert(pair == block.pairs.count, "the block counts the pairs")
  }

  /// The most pairs that a block of any shard has.
  func largestBlock(_ partition: RowPartition) -> Int {
    var largest = 0
    for shard in 0..<partition.shards {
      forEachBlock(ofShard: shard, partition) { largest = max(largest, $0.pairs.count) }
    }
    return largest
  }
}

extension RowPartition {
  /// The most rows that a shard has.
  var largestShard: Int { (0..<shards).reduce(0) { max($0, rows(ofShard: $1).count) } }
}
