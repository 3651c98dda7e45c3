/// The fixed binary tree over the virtual shards. Everything that must not depend on the number of ranks is
/// summed along it.
///
/// A node is a range of shards lo ..< hi. A node of one shard is a leaf; any other has the children lo ..<
/// middle and middle ..< hi, middle = lo + (hi - lo + 1) / 2, and its value is left + right. So the tree of 5
/// shards is ((0 + 1) + 2) + (3 + 4). Floating-point addition is not associative: the tree, not the rank that
/// makes an addition, decides the bits.
package enum ShardTree {
  /// Where a node of at least two shards splits.
  package static func middle(of node: Range<Int>) -> Int {
    node.lowerBound + (node.count + 1) / 2
  }

  /// The value in slot `left` becomes left + right. Each leaf has a slot, and a node's value is in the slot
  /// of its first leaf.
  package struct Addition: Equatable {
    package var left: Int
    package var right: Int
    /// The depth of the node that this addition makes; the root has depth 0.
    package var depth: Int
  }

  /// The additions below a set of nodes, children before parents.
  package struct Forest: Equatable {
    package var additions: [Addition] = []
    /// Depth of each leaf, by slot.
    package var leafDepths: [Int] = []
    /// The slots that hold the sums at the end, in shard order, and the depths of those nodes.
    package var roots: [(slot: Int, depth: Int)] = []

    package static func == (left: Forest, right: Forest) -> Bool {
      left.additions == right.additions && left.leafDepths == right.leafDepths
        && left.roots.map(\.slot) == right.roots.map(\.slot)
        && left.roots.map(\.depth) == right.roots.map(\.depth)
    }
  }
}
