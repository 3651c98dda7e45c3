import Dist
import Support
import Testing

/// The sum over a node, as the definition of `ShardTree` says.
func recursiveSum<Value: FloatingPoint>(_ node: Range<Int>, _ leaf: (Int) -> [Value]) -> [Value] {
  if node.count == 1 { return leaf(node.lowerBound) }
  let middle = node.lowerBound + (node.upperBound - node.lowerBound + 1) / 2
  let left = recursiveSum(node.lowerBound..<middle, leaf)
  let right = recursiveSum(middle..<node.upperBound, leaf)
  return zip(left, right).map { $0 + $1 }
}

/// Magnitudes differ so much that another order of additions gives other bits.
private func vector(_ shard: Int, _ count: Int) -> [Double] {
  var random = KeyedRandom(seed: 11, UInt64(shard), UInt64(count))
  return (0..<count).map { _ in random.normal() * Double(1 << (random.next() % 24)) }
}

@Suite struct TreeSumTests {
  @Test func theTreeOfFive() throws {
    let plan = SumPlan(map: try ShardMap(shards: 5, ranks: 1), rank: 0)
    let additions = plan.inner.additions.map { [$0.left, $0.right, $0.depth] }
    #expect(additions == [[0, 1, 2], [0, 2, 1], [3, 4, 1], [0, 3, 0]])
    #expect(plan.inner.leafDepths == [3, 3, 2, 2, 2])
    #expect(
      plan.inner.roots.map(\.slot) == [0] && plan.group.leafDepths.count == 1
        && plan.outer.leafDepths.count == 1)
  }

  @Test(arguments: [0, 1, 5, 1023, 1024, 1025, 3000])
  func oneRankAddsAlongTheTree(count: Int) throws {
    for shards in [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 31, 33, 64] {
      let summer = TreeSum(try HostGroup(SoloCommunicator()), try ShardMap(shards: shards, ranks: 1))
      let expected = recursiveSum(0..<shards) { vector($0, count) }
      let narrow = recursiveSum(0..<shards) { vector($0, count).map { Float($0) } }
      var doubles = (0..<shards).flatMap { vector($0, count) }
      var floats = doubles.map { Float($0) }
      var result = [Float](repeating: -1, count: count)
      try doubles.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { try summer.sum(base, count: count) }
      }
      try floats.withUnsafeMutableBufferPointer { input in
        try result.withUnsafeMutableBufferPointer { output in
          if let base = input.baseAddress { try summer.sum(base, count: count, into: output.baseAddress) }
        }
      }
      #expect(doubles.prefix(count).map(\.bitPattern) == expected.map(\.bitPattern))
      #expect(result.map(\.bitPattern) == narrow.map(\.bitPattern))
    }
  }

  @Test func anotherOrderWouldShow() {
    let inOrder = (1..<8).reduce(vector(0, 100)) { sum, shard in zip(sum, vector(shard, 100)).map { $0 + $1 }
    }
    #expect(inOrder != recursiveSum(0..<8) { vector($0, 100) })
  }

  /// Plays every rank of every number of ranks, spread over hosts in every way: what each adds within its block, what
  /// is added within its host, and what is added above.
  @Test func anyNumberOfRanksAndHostsAddsTheSame() throws {
    for shards in 1...24 {
      let leaves = (0..<shards).map { vector($0, 3) }
      let expected = recursiveSum(0..<shards) { leaves[$0] }
      for ranks in 1...shards {
        let blocks = (1...min(ranks, 5)).map { HostLayout(hosts: $0, ranks: ranks) }
        let dealt = (1...min(ranks, 5)).map { hosts in HostLayout(leaders: (0..<ranks).map { $0 % hosts }) }
        for layout in blocks + dealt + [HostLayout(ranks: ranks)] {
          let map = try ShardMap(shards: shards, layout: layout)
          let sum = try played(map, leaves)
          #expect(sum.map(\.bitPattern) == expected.map(\.bitPattern), "\(shards) shards, \(layout.ranks)")
        }
      }
    }
  }

  private func played(_ map: ShardMap, _ leaves: [[Double]]) throws -> [Double] {
    var hostSums: [[Double]] = []
    var outer: ShardTree.Forest?
    for (host, ranks) in map.layout.ranks.enumerated() {
      var partials: [[Double]] = []
      var group: ShardTree.Forest?
      for (index, rank) in ranks.enumerated() {
        let plan = SumPlan(map: map, rank: rank)
        var slots = map.shards(ofRank: rank).map { leaves[$0] }
        add(plan.inner, &slots)
        #expect(
          plan.partials(atIndex: index) == partials.count..<partials.count + plan.inner.roots.count)
        partials += plan.inner.roots.map { slots[$0.slot] }
        #expect(group == nil || group == plan.group)
        #expect(outer == nil || outer == plan.outer)
        (group, outer) = (plan.group, plan.outer)
        #expect(
          plan.partials(ofHost: host) == hostSums.count..<hostSums.count + plan.group.roots.count)
      }
      let forest = try #require(group)
      #expect(forest.leafDepths.count == partials.count)
      add(forest, &partials)
      hostSums += forest.roots.map { partials[$0.slot] }
    }
    let forest = try #require(outer)
    #expect(forest.leafDepths.count == hostSums.count && forest.roots.map(\.slot) == [0])
    #expect(map.hostPartials.count == hostSums.count)
    add(forest, &hostSums)
    return hostSums[0]
  }

  private func add(_ forest: ShardTree.Forest, _ slots: inout [[Double]]) {
    for addition in forest.additions {
      slots[addition.left] = zip(slots[addition.left], slots[addition.right]).map { $0 + $1 }
    }
  }
}
