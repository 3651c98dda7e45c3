import Dist
import Support

private struct Touched {
  var ids: [Int32] = []
  var values: [Float] = []
}

/// A shard's rows; every fifth shard has none, small numbers are frequent, and some values are -0.
private func touched(_ shard: Int, table: Int, width: Int, round: Int) -> Touched {
  var random = KeyedRandom(seed: 2, UInt64(shard), UInt64(round))
  var rows = Touched()
  guard (shard + round) % 5 != 4 else { return rows }
  for id in 0..<table where random.uniform() < (id < table / 10 ? 0.6 : 0.15) {
    rows.ids.append(Int32(id))
    for _ in 0..<width {
      let value = Float(random.normal()) * Float(1 << (random.next() % 20))
      rows.values.append(random.below(8) == 0 ? -0.0 : value)
    }
  }
  return rows
}

/// The sum of one table row over a node of the tree; nil where no shard of the node touched it.
private func rowSum(_ node: Range<Int>, _ leaf: (Int) -> [Float]?) -> [Float]? {
  if node.count == 1 { return leaf(node.lowerBound) }
  let middle = ShardTree.middle(of: node)
  let left = rowSum(node.lowerBound..<middle, leaf)
  let right = rowSum(middle..<node.upperBound, leaf)
  guard let left, let right else { return left ?? right }
  return zip(left, right).map { $0 + $1 }
}

private func reference(_ shards: [Touched], table: Int, width: Int) -> Touched {
  let byRow = shards.map { shard in
    Dictionary(uniqueKeysWithValues: shard.ids.enumerated().map { ($1, $0 * width) })
  }
  var sum = Touched()
  for id in 0..<Int32(table) {
    let row = rowSum(0..<shards.count) { shard in
      byRow[shard][id].map { Array(shards[shard].values[$0..<$0 + width]) }
    }
    if let row {
      sum.ids.append(id)
      sum.values += row
    }
  }
  return sum
}

func checkSparseSums(_ check: Check) throws {
  for shards in [1, 2, 3, 5, 8, 13, 16] where shards >= check.size {
    for (table, width) in [(1, 1), (40, 3), (700, 9)] {
      try check.withPieceLimits(5) {
        let map = try ShardMap(shards: shards, ranks: check.size)
        let summer = SparseTreeSum(check.world, map, tableRows: table, width: width)
        let rows = SparseRows(width: width)
        // Several rounds: the later ones share the work by what the earlier ones found. Each way of summing
        // in turn, between the others.
        for round in 0..<5 {
          summer.way = [.byRule, .sparse, .dense, .byRule, .dense][round]
          let all = (0..<shards).map { touched($0, table: table, width: width, round: round) }
          let expected = reference(all, table: table, width: width)
          rows.removeAll()
          for shard in map.shards(ofRank: check.rank) {
            all[shard].ids.withUnsafeBufferPointer { rows.appendList($0, values: all[shard].values) }
          }
          try summer.sum(rows)
          let what = "\(shards) shards, \(table) rows of \(width), round \(round)"
          try check.expect(summer.result.ids.elementsEqual(expected.ids), "rows of \(what)")
          try check.expect(
            summer.result.values.elementsEqual(expected.values) { $0.bitPattern == $1.bitPattern },
            "values of \(what)")
          for value in summer.result.values where shards >= 8 { check.digest(UInt64(value.bitPattern)) }
        }
      }
    }
  }
  try checkSparseTraffic(check)
}

/// What travels depends on the touched rows, not on the table, unless the table is small.
private func checkSparseTraffic(_ check: Check) throws {
  let map = try ShardMap(shards: max(8, check.size), ranks: check.size)
  var bytes: [Int] = []
  for table in [1_000_000, 1_000_000_000] {
    let summer = SparseTreeSum(check.world, map, tableRows: table, width: 4)
    let rows = SparseRows(width: 4)
    for _ in map.shards(ofRank: check.rank) {
      let ids = (0..<50).map { Int32($0 * (table / 50)) }
      let values = ids.withUnsafeBufferPointer { rows.appendList($0) }
      values.update(repeating: 1)
    }
    let before = check.world.traffic
    try summer.sum(rows)
    try check.expect(summer.result.values.allSatisfy { $0 == Float(map.shards) }, "sum of ones")
    bytes.append((check.world.traffic - before).bytesSent)
    try check.expect(!summer.isDense, "a sum of 50 rows of \(table) is sparse")
  }
  try check.expect(bytes[0] == bytes[1], "\(bytes) bytes for tables of two sizes")
  try checkSmallTable(check, map)
  try check.expect((check.size > 1) == (bytes[0] > 0), "\(bytes[0]) bytes on \(check.size) ranks")
}

/// Of a table that every shard touches nearly whole, the whole travels: in fewer messages, found by the rule.
private func checkSmallTable(_ check: Check, _ map: ShardMap) throws {
  let summer = SparseTreeSum(check.world, map, tableRows: 100, width: 4)
  let rows = SparseRows(width: 4)
  var calls: [Int] = []
  for way in [SparseTreeSum.Way.sparse, .byRule, .byRule] {
    summer.way = way
    rows.removeAll()
    for _ in map.shards(ofRank: check.rank) {
      let values = (0..<95).map(Int32.init).withUnsafeBufferPointer { rows.appendList($0) }
      values.update(repeating: 1)
    }
    let before = check.world.traffic
    try summer.sum(rows)
    try check.expect(summer.result.count == 95, "touched rows of a small table")
    calls.append((check.world.traffic - before).calls)
  }
  try check.expect(summer.isDense == (check.size > 1), "the rule for a small table")
  try check.expect(check.size == 1 || calls[2] < calls[0], "\(calls) calls of MPI")
}
