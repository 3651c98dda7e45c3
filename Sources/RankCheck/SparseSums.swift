import Dist
import Support

private struct Touched {
  var ids: [Int32] = []
  var values: [Float] = []
}

extension Touched {
  /// Those of the rows in `range`; all where nil.
  fileprivate func rows(_ range: Range<Int32>?) -> Touched {
    guard let range, !ids.isEmpty else { return self }
    let width = values.count / ids.count
    var part = Touched()
    for (place, id) in ids.enumerated() where range.contains(id) {
      part.ids.append(id)
      part.values += values[place * width..<(place + 1) * width]
    }
    return part
  }
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

/// Tables of one and of several columns, small and large, in one sum.
private let tables: [(rows: Int, width: Int)] = [(1, 1), (40, 3), (700, 9)]

func checkSparseSums(_ check: Check, _ layouts: [Layout]) throws {
  for shards in [1, 2, 3, 5, 8, 13, 16] where shards >= check.size {
    // Several rounds: the later ones share the work by what the earlier ones found.
    let rounds = (0..<4).map { round in
      tables.map { table in
        let all = (0..<shards).map { touched($0, table: table.rows, width: table.width, round: round) }
        return (shards: all, sum: reference(all, table: table.rows, width: table.width))
      }
    }
    for (number, layout) in layouts.enumerated() {
      try check.withPieceLimits(5) {
        for isShared in [false, true] where !isShared || shards == 5 || shards == 16 {
          try checkSparseSum(
            check, layout.hosts, layout.name, rounds, isShared: isShared, digests: number == 0 && !isShared)
        }
      }
      if shards == 8 { try checkSparseTraffic(check, layout.hosts, layout.name) }
    }
  }
}

/// `rounds` are by round and table what the shards touched and its sum. `isShared`: each host has a part of the rows, and
/// gets the sums of those.
private func checkSparseSum(
  _ check: Check, _ hosts: HostGroup, _ layout: String, _ rounds: [[(shards: [Touched], sum: Touched)]],
  isShared: Bool, digests: Bool
) throws {
  let shards = rounds[0][0].shards.count
  let map = try ShardMap(shards: shards, layout: hosts.layout)
  let host = hosts.layout.hosts[check.rank]
  let parts = isShared ? map.parts(of: tables, host: host) : nil
  let summer = try SparseTreeSum(hosts, map, tables: tables, parts: parts)
  let rows = tables.map { SparseRows(width: $0.width) }
  var ranges = tables.enumerated().map {
    RowRanges(hosts.layout, host: 0, rows: $1.rows, parts: parts?.bounds[$0])
  }
  for (round, data) in rounds.enumerated() {
    var model = SumTraffic(map)
    var counted: [SumTraffic.TouchedTable] = []
    for (index, table) in tables.enumerated() {
      let (all, sum) = data[index]
      rows[index].removeAll()
      for shard in map.shards(ofRank: check.rank) {
        all[shard].ids.withUnsafeBufferPointer { rows[index].appendList($0, values: all[shard].values) }
      }
      let partials = map.hostPartials.map { Set($0.flatMap { all[$0].ids }).sorted() }
      counted.append(
        SumTraffic.TouchedTable(width: table.width, partials: partials, union: sum.ids))
    }
    model.addRows(counted, &ranges, keepsParts: isShared)
    let sent = try sent(check, hosts) { try summer.sum(rows) }
    let what = "\(shards) shards, round \(round), \(layout)\(isShared ? ", shared rows" : "")"
    try check.expect(sent == model.hosts, "\(sent) sent, counted \(model.hosts), \(what)")
    for (index, table) in tables.enumerated() {
      let result = summer.results[index]
      let expected = data[index].sum.rows(parts.map { $0.bounds[index][host]..<$0.bounds[index][host + 1] })
      try check.expect(
        result.ids.elementsEqual(expected.ids), "\(table.rows) rows of \(table.width), \(what)")
      try check.expect(
        result.values.elementsEqual(expected.values) { $0.bitPattern == $1.bitPattern },
        "values of \(table.rows) rows of \(table.width), \(what)")
      for value in result.values where shards >= 8 && digests { check.digest(UInt64(value.bitPattern)) }
    }
  }
}

/// What travels depends on the touched rows, not on the table, and between hosts only.
private func checkSparseTraffic(_ check: Check, _ hosts: HostGroup, _ layout: String) throws {
  let map = try ShardMap(shards: max(8, check.size), layout: hosts.layout)
  var bytes: [Int] = []
  for table in [1_000_000, 1_000_000_000] {
    let summer = try SparseTreeSum(hosts, map, tables: [(table, 4)])
    let rows = SparseRows(width: 4)
    for _ in map.shards(ofRank: check.rank) {
      let ids = (0..<50).map { Int32($0 * (table / 50)) }
      let values = ids.withUnsafeBufferPointer { rows.appendList($0) }
      values.update(repeating: 1)
    }
    let sent = try sent(check, hosts) { try summer.sum([rows]) }
    try check.expect(summer.results[0].values.allSatisfy { $0 == Float(map.shards) }, "sum of ones")
    bytes.append(sent.reduce(0) { $0 + $1.bytes })
  }
  try check.expect(bytes[0] == bytes[1], "\(bytes) bytes for tables of two sizes, \(layout)")
  try check.expect((hosts.layout.count > 1) == (bytes[0] > 0), "\(bytes[0]) bytes, \(layout)")
}
