/// Which rank owns which virtual shards: contiguous blocks in rank order. Their sizes differ by at most one,
/// and the larger ones come first.
package struct ShardMap: Sendable, Equatable {
  /// V, the number of virtual shards. Part of the job: results depend on it, unlike on `ranks`.
  package let shards: Int
  package let ranks: Int

  /// Throws `DistError.moreRanksThanShards` where a rank would be left without a shard.
  package init(shards: Int, ranks: Int) throws {
    precondition(ranks > 0, "there is at least one rank")
    guard ranks <= shards else { throw DistError.moreRanksThanShards(ranks: ranks, shards: shards) }
    self.shards = shards
    self.ranks = ranks
  }

  package func shards(ofRank rank: Int) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "no such rank")
    let (size, larger) = shards.quotientAndRemainder(dividingBy: ranks)
    let first = rank * size + min(rank, larger)
    return first..<first + size + (rank < larger ? 1 : 0)
  }

  package func owner(ofShard shard: Int) -> Int {
    precondition((0..<shards).contains(shard), "no such shard")
    let (size, larger) = shards.quotientAndRemainder(dividingBy: ranks)
    let inLarger = larger * (size + 1)
    return shard < inLarger ? shard / (size + 1) : larger + (shard - inLarger) / size
  }
}

extension ShardMap {
  /// The shards of each partial: the largest nodes of `ShardTree` that lie wholly within one rank's block.
  package var partials: [Range<Int>] {
    func nodes(_ node: Range<Int>) -> [Range<Int>] {
      if owner(ofShard: node.lowerBound) == owner(ofShard: node.upperBound - 1) { return [node] }
      let middle = ShardTree.middle(of: node)
      return nodes(node.lowerBound..<middle) + nodes(middle..<node.upperBound)
    }
    return nodes(0..<shards)
  }
}
