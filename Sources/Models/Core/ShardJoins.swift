/// How a layer adds its gradients over a rank's virtual shards while it makes them, shard after shard, so that those of each
/// shard need not be kept: memory that a step would write and read once for every shard.
///
/// A shard's gradient is put on a stack; then so many times the two latest values become one, the earlier plus the later.
/// The first value of a stack lies in its shard's own place among the pass's gradients, where the sum is at the end.
package final class ShardJoins {
  /// [shards] the shard in whose place the sum is that a shard's gradient becomes a part of.
  private let firsts: [Int]
  /// [shards] how many values are on the stack before the shard's gradient comes.
  private let levels: [Int]
  /// [shards] how many joins follow it.
  private let joins: [Int]
  /// Floats of a weight's gradient that are added at a time, so that the stack stays in the cache.
  private let panel: Int
  /// [highest level x `panel`] the stack above its first value.
  private let stack: UnsafeMutablePointer<Float>

  /// For gradients of the weights in `layout` that layers add over the shards. In each of `additions`, children before
  /// parents, the value of shard `left` becomes left + right.
  package init(shards: Int, additions: [(left: Int, right: Int)], _ layout: ModelLayout) {
    var joins = [Int](repeating: 0, count: shards)
    /// The last shard whose gradient is in the value of a shard.
    var last = Array(0..<shards)
    var isJoined = [Bool](repeating: false, count: shards)
    for (left, right) in additions {
      joins[last[right]] += 1
      last[left] = last[right]
      isJoined[right] = true
    }
    var (firsts, levels): ([Int], [Int]) = ([], [])
    for shard in 0..<shards {
      firsts.append(isJoined[shard] ? firsts[shard - 1] : shard)
      levels.append(isJoined[shard] ? levels[shard - 1] + 1 - joins[shard - 1] : 0)
    }
    self.firsts = firsts
    self.levels = levels
    self.joins = joins
    let widest = layout.parameters.lazy.filter(\.addsShards).compactMap(\.shape.last).max() ?? 0
    panel = max(8192, ShardJoins.tileRows * widest)
    stack = .allocate(capacity: max(1, (levels.max() ?? 0) * panel))
  }

  deinit { stack.deallocate() }

  /// Rows that products compute at once: panels have whole tiles.
  private static let tileRows = 6

  package var shards: Int { joins.count }

  /// How many rows of a weight with so many `columns` are taken at a time.
  func rows(columns: Int) -> Int { panel / columns / ShardJoins.tileRows * ShardJoins.tileRows }

  /// Calls `body` with the place for `count` values of `shard`'s gradient, and joins what is joined after it. Shards come in
  /// turn; `place` is where a shard's own values begin.
  @inline(__always)
  func add(
    shard: Int, count: Int, at place: (Int) -> UnsafeMutablePointer<Float>,
    _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let first = place(firsts[shard])
    func value(_ level: Int) -> UnsafeMutablePointer<Float> {
      level == 0 ? first : stack + (level - 1) * panel
    }
    var level = levels[shard]
    body(value(level))
    for _ in 0..<joins[shard] {
      level -= 1
      let (sum, latest) = (value(level), value(level + 1))
      for i in 0..<count { sum[i] += latest[i] }
    }
  }
}
