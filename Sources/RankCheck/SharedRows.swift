import Dist
import Support

/// Tables of which every host has some rows: a small one, one with rows of a single element. Those of several columns lie in
/// two blocks.
private let tables: [(rows: Int, width: Int)] = [(1, 1), (40, 3), (700, 9)]

private func value(_ table: Int, _ row: Int32, _ column: Int) -> Float {
  Float(table * 100_000 + Int(row) * 16 + column)
}

/// A host's part of the tables, as it lies in memory that its ranks share; other rows are not a number.
private final class HostPart {
  let parts: RowParts
  let memory: [TableMemory]
  /// [tables] the rows that the host has.
  private let own: [Range<Int32>]

  init(_ check: Check, _ map: ShardMap) {
    parts = map.parts(of: tables, host: map.layout.hosts[check.rank])
    let host = map.layout.hosts[check.rank]
    own = parts.bounds.map { $0[host]..<$0[host + 1] }
    memory = tables.map { rows, width in
      TableMemory(
        blocks: [(width + 1) / 2, width / 2].filter { $0 > 0 }.map { columns in
          let values = UnsafeMutablePointer<Float>.allocate(capacity: rows * columns)
          values.update(repeating: .nan, count: rows * columns)
          return (values, columns)
        })
    }
    for (table, rows) in own.enumerated() {
      for row in rows {
        var column = 0
        for (values, columns) in memory[table].blocks {
          for place in 0..<columns {
            values[Int(row) * columns + place] = value(table, row, column)
            column += 1
          }
        }
      }
    }
  }

  deinit { for block in memory.flatMap(\.blocks) { block.values.deallocate() } }

  /// Rows that a rank wants in a round, some of them twice; every fifth rank wants none.
  func request(_ check: Check, round: Int, to requests: RowRequests) -> [[Int32]] {
    requests.removeAll()
    var random = KeyedRandom(seed: 5, UInt64(check.rank), UInt64(round))
    return tables.enumerated().map { table, shape in
      let count = (check.rank + round) % 5 == 4 ? 0 : 3 + 20 * round
      let rows = (0..<count).map { _ in Int32(random.below(shape.rows)) }
      rows.withUnsafeBufferPointer {
        if let start = $0.baseAddress { requests.add(start, count: rows.count, ofTable: table) }
      }
      return rows
    }
  }

  func expect(_ rows: [[Int32]], in fetched: RemoteRows, _ check: Check, _ what: String) throws {
    for (table, wanted) in rows.enumerated() {
      for row in wanted where !own[table].contains(row) {
        let values = fetched.values(ofRow: row, table: table)
        let isRight = (0..<tables[table].width).allSatisfy { values[$0] == value(table, row, $0) }
        try check.expect(isRight, "row \(row) of table \(table), \(what)")
      }
    }
  }
}

extension ShardMap {
  /// Rows of `tables` shared out by the hosts' shards.
  func parts(of tables: [(rows: Int, width: Int)], host: Int) -> RowParts {
    let first = layout.ranks.indices.map { shards(ofHost: $0).lowerBound }
    return RowParts(
      bounds: tables.map { table in first.map { table.rows * $0 / shards } + [table.rows] },
      widths: tables.map(\.width), host: host)
  }
}

func checkSharedRows(_ check: Check, _ layouts: [Layout]) throws {
  for shards in [5, 16] where shards >= check.size {
    for layout in layouts {
      let map = try ShardMap(shards: shards, layout: layout.hosts.layout)
      try checkFetch(check, layout, map)
      try checkService(check, layout, map)
    }
  }
}

/// All ranks fetch at the same time.
private func checkFetch(_ check: Check, _ layout: Layout, _ map: ShardMap) throws {
  let part = HostPart(check, map)
  let fetch = try RowFetch(layout.hosts, part.parts, tables: part.memory)
  for round in 0..<2 {
    let rows = part.request(check, round: round, to: fetch.requests)
    var model = SumTraffic(map)
    model.addFetch(try wanted(rows, check, map), part.parts)
    let sent = try sent(check, layout.hosts) { try fetch.fetch() }
    let what = "\(map.shards) shards, round \(round), \(layout.name)"
    try check.expect(sent == model.hosts, "\(sent) sent, counted \(model.hosts), fetch, \(what)")
    try part.expect(rows, in: fetch.rows, check, what)
    try check.world.longBarrier()
  }
}

/// [hosts] by table the rows that the host's ranks want, each once.
private func wanted(_ rows: [[Int32]], _ check: Check, _ map: ShardMap) throws -> [[Set<Int32>]] {
  var all = map.layout.ranks.map { _ in tables.map { _ in Set<Int32>() } }
  for (table, own) in rows.enumerated() {
    let gathered = try check.world.allgather(own)
    var start = 0
    for (rank, count) in gathered.counts.enumerated() {
      all[map.layout.hosts[rank]][table].formUnion(gathered.values[start..<start + count])
      start += count
    }
  }
  return all
}

/// Every rank asks when it comes to it, while it works off a queue.
private func checkService(_ check: Check, _ layout: Layout, _ map: ShardMap) throws {
  let part = HostPart(check, map)
  let service = RowService(check.world, layout.hosts.layout, part.parts, tables: part.memory)
  let queue = WorkQueue(check.world)
  var rows: [[Int32]] = []
  var collected = 0
  try queue.run(
    costs: [Double](repeating: 1, count: 60),
    begin: { chunk in
      rows = part.request(check, round: chunk.lowerBound % 3, to: service.requests)
      try service.fetch(others: queue.serve)
    },
    meanwhile: service.serve,
    process: { item, results in
      try part.expect(rows, in: service.rows, check, "item \(item), \(layout.name)")
      results.append(Int32(item))
    },
    collect: { collected += $0.count / MemoryLayout<Int32>.size })
  if check.rank == 0 { try check.expect(collected == 60, "\(collected) of 60 items") }
}
