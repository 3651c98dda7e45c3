import Dist
import Support
import Testing

@Suite struct SparseTreeSumTests {
  /// Row number to values.
  private typealias Rows = [Int32: [Float]]

  private func rows(_ shard: Int, table: Int, width: Int, density: Double) -> Rows {
    var random = KeyedRandom(seed: 12, UInt64(shard), UInt64(table))
    var rows = Rows()
    guard shard % 5 != 4 else { return rows }
    for id in 0..<Int32(table) where random.uniform() < density {
      rows[id] = (0..<width).map { _ in Float(random.normal()) * Float(1 << (random.next() % 20)) }
    }
    return rows
  }

  /// The union of the shards of a node; a row of both children is left + right.
  private func reference(_ node: Range<Int>, _ shards: [Rows]) -> Rows {
    if node.count == 1 { return shards[node.lowerBound] }
    let middle = ShardTree.middle(of: node)
    let left = reference(node.lowerBound..<middle, shards)
    return left.merging(reference(middle..<node.upperBound, shards)) { zip($0, $1).map { $0 + $1 } }
  }

  @Test(arguments: [(0, 1, 0.5), (1, 1, 1.0), (50, 3, 0.3), (500, 9, 0.02), (500, 18, 0.7)])
  func unionAlongTheTree(table: Int, width: Int, density: Double) throws {
    for count in [1, 2, 3, 5, 6, 8, 13, 16, 33] {
      let summer = try SparseTreeSum(
        HostGroup(SoloCommunicator()), ShardMap(shards: count, ranks: 1), tables: [(table, width)])
      let lists = SparseRows(width: width)
      for round in 0..<2 {
        let shards = (0..<count).map { rows($0 + round, table: table, width: width, density: density) }
        lists.removeAll()
        for shard in shards {
          let ids = shard.keys.sorted()
          ids.withUnsafeBufferPointer { lists.appendList($0, values: ids.flatMap { shard[$0] ?? [] }) }
        }
        let expected = reference(0..<count, shards)
        let ids = expected.keys.sorted()
        try summer.sum([lists])
        #expect(summer.results[0].ids.elementsEqual(ids))
        #expect(
          summer.results[0].values.map(\.bitPattern) == ids.flatMap { expected[$0] ?? [] }.map(\.bitPattern))
      }
    }
  }

  @Test func anUntouchedRowIsNotZero() throws {
    let summer = try SparseTreeSum(
      HostGroup(SoloCommunicator()), ShardMap(shards: 2, ranks: 1), tables: [(9, 1)])
    let lists = SparseRows(width: 1)
    let ids: [Int32] = [4]
    ids.withUnsafeBufferPointer { lists.appendList($0, values: [-0.0]) }
    _ = [Int32]().withUnsafeBufferPointer { lists.appendList($0) }
    try summer.sum([lists])
    #expect(summer.results[0].values.map(\.bitPattern) == [Float(-0.0).bitPattern])
  }

  @Test func listsAreZeroAndGrow() {
    let lists = SparseRows(width: 2)
    for length in [3, 1000, 0, 7] {
      let ids = (0..<Int32(length)).map { $0 * 3 }
      let place = ids.withUnsafeBufferPointer { lists.appendList($0) }
      #expect(place.count == 2 * length && place.allSatisfy { $0 == 0 })
      place.update(repeating: Float(length))
    }
    #expect(lists.lists == 4 && lists.starts == [0, 3, 1003, 1003, 1010] && lists.count == 1010)
    #expect(lists.values.prefix(6).allSatisfy { $0 == 3 } && lists.values.suffix(14).allSatisfy { $0 == 7 })
    #expect(lists.ids[1002] == 2997)
  }

  @Test func unsortedRowsTrap() async {
    await #expect(processExitsWith: .failure) {
      let ids: [Int32] = [3, 3]
      _ = ids.withUnsafeBufferPointer { SparseRows(width: 1).appendList($0) }
    }
  }
}
