/// Cuts a list of items into chunks that are handed out one by one (guided self-scheduling,
/// Polychronopoulos and Kuck 1987): the next chunk takes 1 / (4 p) of the cost that is left, so that the
/// first chunks are few and large and the last ones small enough to even out what was misjudged. A rank always has
/// two: together half of what is its due.
package struct ChunkPlan: Sendable, Equatable {
  /// Consecutive ranges of items that cover all of them; none is empty.
  package let chunks: [Range<Int>]

  /// `costs` are in any unit, not negative. `minimumCost` keeps the last chunks from getting tiny; a chunk
  /// has at least one item in any case.
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
