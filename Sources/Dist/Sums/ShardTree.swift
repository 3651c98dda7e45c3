/// The fixed binary tree over the virtual shards, along which everything that must not depend on the
/// number of ranks is summed.
///
/// A node is a range of shards lo ..< hi. A node of one shard is a leaf; any other has the children
/// lo ..< middle and middle ..< hi, middle = lo + (hi - lo + 1) / 2, and its value is left + right. So
/// the tree of 5 shards is ((0 + 1) + 2) + (3 + 4). Floating-point addition does not associate: the
/// tree, not the place where an addition happens, fixes the bits.
package enum ShardTree {
  /// Where the node splits. Has at least two shards.
  package static func middle(of node: Range<Int>) -> Int {
    node.lowerBound + (node.count + 1) / 2
  }

  /// The value of leaf `left` becomes left + right. Leaves are numbered by their slots; a node's value
  /// lives in the slot of its first leaf.
  package struct Addition: Equatable {
    package var left: Int
    package var right: Int
    /// Of the node that this addition makes; the root has depth 0.
    package var depth: Int
  }

  /// The additions below a set of nodes, children before parents.
  package struct Forest: Equatable {
    package var additions: [Addition] = []
    /// Depth of each leaf, by slot.
    package var leafDepths: [Int] = []
    /// Slots of the leaves that hold the sums in the end, in shard order, and the depths of those nodes.
    package var roots: [(slot: Int, depth: Int)] = []

    package static func == (left: Forest, right: Forest) -> Bool {
      left.additions == right.additions && left.leafDepths == right.leafDepths
        && left.roots.map(\.slot) == right.roots.map(\.slot)
        && left.roots.map(\.depth) == right.roots.map(\.depth)
    }
  }
}

/// How the tree is cut among ranks. A rank sums the largest nodes that lie wholly in its block, its
/// *partials*; the tree above them joins the partials of all ranks.
package struct SumPlan {
  /// Within this rank: leaves are its shards, roots its partials.
  package private(set) var inner = ShardTree.Forest()
  /// Above: leaves are all ranks' partials in shard order, the one root is the sum.
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
