/// Cuts a list of items into chunks that are handed out one by one (guided self-scheduling, Polychronopoulos
/// and Kuck 1987). The next chunk takes 1 / (4 p) of the cost that is left. So the first chunks are few and
/// large, and the last ones small enough to even out wrong estimates. A rank always has two chunks, together
/// half of its fair share.
package struct ChunkPlan: Sendable, Equatable {
  /// Consecutive ranges of items that cover all of them; none is empty.
  package let chunks: [Range<Int>]

  /// `costs` are in any unit, and not negative. `minimumCost` keeps the last chunks from getting tiny. A
  /// chunk always has at least one item.
  package init(costs: [Double], ranks: Int, minimumCost: Double = 0) {
    precondition(costs.allSatisfy { $0 >= 0 && $0.isFinite }, "a cost is a finite number, not negative")
    precondition(ranks > 0, "there is at least one rank")
    var chunks: [Range<Int>] = []
    var left = costs.reduce(0, +)
    var first = 0
    while first < costs.count {
      let share = max(left / Double(4 * ranks), minimumCost)
      var end = first + 1
      var taken = costs[first]
      while end < costs.count, taken + costs[end] <= share {
        taken += costs[end]
        end += 1
      }
      chunks.append(first..<end)
      left -= taken
      first = end
    }
    self.chunks = chunks
  }
}
