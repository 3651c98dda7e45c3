/// Where items of a `WorkQueue` are at home: with the ranks that have what the items need.
package struct ItemHomes: Sendable {
  /// [items] ascending.
  package var ofItems: [Int]
  /// [ranks]
  package var ofRanks: [Int]

  package init(ofItems: [Int], ofRanks: [Int]) {
    precondition(zip(ofItems, ofItems.dropFirst()).allSatisfy(<=), "the items of a home are consecutive")
    self.ofItems = ofItems
    self.ofRanks = ofRanks
  }

  /// All items are at home with all of `ranks`.
  init(items: Int, ranks: Int) {
    self.init(
      ofItems: [Int](repeating: 0, count: items), ofRanks: [Int](repeating: 0, count: ranks))
  }
}

/// Which chunk of a `WorkQueue` a rank gets next: the first that is left of those of its home. Where there is none, the last
/// one of the home whose ranks have most left to do: that home comes to its last chunks last.
package struct HandOut {
  private let ofRanks: [Int]
  /// [homes] chunks that nobody has, each with its cost.
  private var left: [ArraySlice<(chunk: Range<Int>, cost: Double)>]
  /// [homes] what these cost, per rank of the home.
  private var load: [Double]
  private let shares: [Double]

  package init(costs: [Double], homes: ItemHomes, minimumCost: Double = 0) {
    ofRanks = homes.ofRanks
    let count = (homes.ofItems + homes.ofRanks).max().map { $0 + 1 } ?? 1
    var (left, load): ([ArraySlice<(chunk: Range<Int>, cost: Double)>], [Double]) = ([], [])
    var first = 0
    let sizes = (0..<count).map { home in homes.ofRanks.count { $0 == home } }
    for home in 0..<count {
      let end = homes.ofItems[first...].firstIndex { $0 > home } ?? homes.ofItems.count
      let own = Array(costs[first..<end])
      let plan = ChunkPlan(costs: own, ranks: max(sizes[home], 1), minimumCost: minimumCost)
      left.append(
        plan.chunks.map { chunk in
          (first + chunk.lowerBound..<first + chunk.upperBound, own[chunk].reduce(0, +))
        }[...])
      load.append(own.reduce(0, +))
      first = end
    }
    self.left = left
    shares = sizes.map { Double(max($0, 1)) }
    self.load = zip(load, shares).map { $0 / $1 }
  }

  /// Whether there are chunks that nobody has.
  package var hasMore: Bool { left.contains { !$0.isEmpty } }

  /// The next chunk of `rank`; nil where nothing is left.
  package mutating func next(for rank: Int) -> Range<Int>? {
    let own = ofRanks[rank]
    if let (chunk, cost) = left[own].popFirst() {
      load[own] -= cost / shares[own]
      return chunk
    }
    guard let home = left.indices.filter({ !left[$0].isEmpty }).max(by: { load[$0] < load[$1] }),
      let (chunk, cost) = left[home].popLast()
    else { return nil }
    load[home] -= cost / shares[home]
    return chunk
  }
}
