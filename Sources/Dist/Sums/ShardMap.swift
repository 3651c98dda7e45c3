/// Which rank owns which virtual shards: contiguous blocks, host by host and within a host in rank order, so that a host's
/// shards are contiguous too. The blocks' sizes differ by at most one, and the larger ones come first.
package struct ShardMap: Sendable, Equatable {
  /// V, the number of virtual shards. Part of the job: results depend on it, unlike on `layout`.
  package let shards: Int
  package let layout: HostLayout

  /// Throws `DistError.moreRanksThanShards` where a rank would be left without a shard.
  package init(shards: Int, layout: HostLayout) throws {
    guard layout.hosts.count <= shards else {
      throw DistError.moreRanksThanShards(ranks: layout.hosts.count, shards: shards)
    }
    self.shards = shards
    self.layout = layout
  }

  /// For ranks that share no memory.
  package init(shards: Int, ranks: Int) throws {
    precondition(ranks > 0, "there is at least one rank")
    try self.init(shards: shards, layout: HostLayout(ranks: ranks))
  }

  package var ranks: Int { layout.hosts.count }

  package func shards(ofRank rank: Int) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "no such rank")
    let (size, larger) = shards.quotientAndRemainder(dividingBy: ranks)
    let place = layout.places[rank]
    let first = place * size + min(place, larger)
    return first..<first + size + (place < larger ? 1 : 0)
  }

  /// Those of all ranks of `host`.
  package func shards(ofHost host: Int) -> Range<Int> {
    let own = layout.ranks[host].map(shards(ofRank:))
    return (own.first?.lowerBound ?? 0)..<(own.last?.upperBound ?? 0)
  }

  package func owner(ofShard shard: Int) -> Int {
    precondition((0..<shards).contains(shard), "no such shard")
    let (size, larger) = shards.quotientAndRemainder(dividingBy: ranks)
    let inLarger = larger * (size + 1)
    return layout.order[shard < inLarger ? shard / (size + 1) : larger + (shard - inLarger) / size]
  }

  /// `values` of all ranks, each one per own shard, from the ranks' order to the shards'.
  package func byShard<Value>(_ values: [Value]) -> [Value] {
    precondition(values.count == shards, "one value per shard")
    var starts: [Int] = []
    var next = 0
    for rank in 0..<ranks {
      starts.append(next)
      next += shards(ofRank: rank).count
    }
    return layout.order.flatMap { values[starts[$0]..<starts[$0] + shards(ofRank: $0).count] }
  }
}

extension ShardMap {
  /// The shards of each partial of a host: the largest nodes of `ShardTree` that lie wholly within one host, in shard
  /// order.
  package var hostPartials: [Range<Int>] {
    func host(_ shard: Int) -> Int { layout.hosts[owner(ofShard: shard)] }
    func nodes(_ node: Range<Int>) -> [Range<Int>] {
      if host(node.lowerBound) == host(node.upperBound - 1) { return [node] }
      let middle = ShardTree.middle(of: node)
      return nodes(node.lowerBound..<middle) + nodes(middle..<node.upperBound)
    }
    return nodes(0..<shards)
  }
}
