/// How `ShardTree` is divided among the ranks. A rank sums the largest nodes that lie wholly in its block,
/// its *partials*; the tree above them joins the partials of all ranks.
package struct SumPlan {
  /// Within this rank: the leaves are its shards, the roots its partials.
  package private(set) var inner = ShardTree.Forest()
  /// Above: the leaves are all ranks' partials in shard order, and the one root is the sum.
  package private(set) var outer = ShardTree.Forest()
  /// Rank r's partials are the slots partialStart[r] ..< partialStart[r + 1] of `outer`.
  private(set) var partialStart: [Int]
  let ownedShards: Int

  package init(map: ShardMap, rank: Int) {
    partialStart = [Int](repeating: 0, count: map.ranks + 1)
    let own = map.shards(ofRank: rank)
    ownedShards = own.count
    _ = join(0..<map.shards, depth: 0, map: map, own: own, rank: rank)
    outer.roots = [(slot: 0, depth: 0)]
    for next in 1...map.ranks { partialStart[next] += partialStart[next - 1] }
  }

  package func partials(ofRank rank: Int) -> Range<Int> { partialStart[rank]..<partialStart[rank + 1] }
  package var partialCount: Int { outer.leafDepths.count }

  /// Walks the nodes that more than one rank shares; returns the node's slot in `outer`.
  private mutating func join(
    _ node: Range<Int>, depth: Int, map: ShardMap, own: Range<Int>, rank: Int
  ) -> Int {
    let owner = map.owner(ofShard: node.lowerBound)
    if owner == map.owner(ofShard: node.upperBound - 1) {
      if owner == rank {
        let slot = sum(node, depth: depth, own: own)
        inner.roots.append((slot: slot, depth: depth))
      }
      partialStart[owner + 1] += 1
      outer.leafDepths.append(depth)
      return outer.leafDepths.count - 1
    }
    let middle = ShardTree.middle(of: node)
    let left = join(node.lowerBound..<middle, depth: depth + 1, map: map, own: own, rank: rank)
    let right = join(middle..<node.upperBound, depth: depth + 1, map: map, own: own, rank: rank)
    outer.additions.append(ShardTree.Addition(left: left, right: right, depth: depth))
    return left
  }

  /// Walks a node that this rank owns; returns its slot in `inner`.
  private mutating func sum(_ node: Range<Int>, depth: Int, own: Range<Int>) -> Int {
    if node.count == 1 {
      inner.leafDepths.append(depth)
      return node.lowerBound - own.lowerBound
    }
    let middle = ShardTree.middle(of: node)
    let left = sum(node.lowerBound..<middle, depth: depth + 1, own: own)
    let right = sum(middle..<node.upperBound, depth: depth + 1, own: own)
    inner.additions.append(ShardTree.Addition(left: left, right: right, depth: depth))
    return left
  }
}
