/// What sums among the hosts of a `ShardMap` send, without sending it: for any number of hosts and ranks, exactly the
/// messages and the bytes that `HostGroup` counts, and how often hosts and ranks wait for one another.
package struct SumTraffic: Sendable {
  /// [hosts] what each has sent.
  package private(set) var hosts: [HostTraffic]
  /// Exchanges among hosts one after another, each of which takes at least the time of an empty message.
  package private(set) var rounds = 0
  /// How often the ranks of a host meet.
  package private(set) var meetings = 0
  /// Bytes that the busiest rank has written to and read from memory that it shares.
  package private(set) var shared = 0

  private let plan: SumPlan
  private let ranks: Int
  private let mostRanks: Int

  package init(_ map: ShardMap) {
    plan = SumPlan(map: map, rank: 0)
    ranks = map.ranks
    mostRanks = map.layout.ranks.map(\.count).max() ?? 1
    hosts = [HostTraffic](repeating: HostTraffic(), count: map.layout.count)
  }

  /// The most that a host has sent.
  package var busiest: HostTraffic {
    HostTraffic(messages: hosts.map(\.messages).max() ?? 0, bytes: hosts.map(\.bytes).max() ?? 0)
  }

  private mutating func send(_ bytes: Int, from host: Int) {
    guard bytes > 0 else { return }
    hosts[host] = hosts[host] + HostTraffic(messages: 1, bytes: bytes)
  }

  private mutating func meet(_ times: Int) { if mostRanks > 1 { meetings += times } }

  /// A sum of vectors of `count` elements by `TreeSum`.
  package mutating func addVector(count: Int, elementBytes: Int) {
    guard ranks > 1, count > 0 else { return }
    let bytes = count * elementBytes
    if plan.isShort(bytes: bytes, limit: TreeSum.defaultShortLimit) {
      addShort(bytes)
    } else {
      for start in stride(from: 0, to: count, by: TreeSum.defaultStretch) {
        addStretch(min(TreeSum.defaultStretch, count - start), elementBytes)
      }
    }
  }

  private mutating func addShort(_ bytes: Int) {
    shared += 2 * bytes
    meet(hosts.count > 1 ? 2 : 1)
    var distance = 1
    while distance < hosts.count {
      for host in hosts.indices {
        var partials = 0
        for part in 0..<min(distance, hosts.count - distance) {
          partials += plan.partials(ofHost: (host + part) % hosts.count).count
        }
        send(partials * bytes, from: host)
      }
      rounds += 1
      distance *= 2
    }
  }

  private mutating func addStretch(_ length: Int, _ elementBytes: Int) {
    shared += 3 * length * elementBytes
    meet(hosts.count > 1 ? 5 : 2)
    guard hosts.count > 1 else { return }
    rounds += 2
    for host in hosts.indices {
      let partials = plan.partials(ofHost: host).count
      for other in hosts.indices where other != host {
        send(
          partials * TreeSum.segment(other, of: length, hosts: hosts.count).count * elementBytes, from: host)
        send(TreeSum.segment(host, of: length, hosts: hosts.count).count * elementBytes, from: host)
      }
    }
  }

  /// What one table adds to a sum of touched rows: its row numbers in each of the hosts' partials, ascending, and in all
  /// together.
  package struct TouchedTable {
    package var width: Int
    package var partials: [[Int32]]
    package var union: [Int32]

    package init(width: Int, partials: [[Int32]], union: [Int32]) {
      self.width = width
      self.partials = partials
      self.union = union
    }
  }

  /// A sum of touched rows by `SparseTreeSum`. `ranges` are by table; they are cut for the next sum. `keepsParts`: each host
  /// keeps the sums of the rows that it has.
  package mutating func addRows(
    _ tables: [TouchedTable], _ ranges: inout [RowRanges], keepsParts: Bool = false
  ) {
    guard ranks > 1, !tables.isEmpty else { return }
    shared +=
      tables.reduce(0) { $0 + 4 * (1 + $1.width) * $1.union.count } * 2 / (keepsParts ? hosts.count : 1)
    meet(hosts.count > 1 ? (keepsParts ? 6 : 7) : 3)
    if hosts.count > 1 {
      rounds += keepsParts ? 2 : 4
      let word = MemoryLayout<Int32>.size
      let number = MemoryLayout<Int>.size
      func rows(_ ids: [Int32], _ table: Int, of host: Int) -> Int {
        ids.withUnsafeBufferPointer { ids in
          guard let start = ids.baseAddress else { return 0 }
          let bounds = ranges[table].hosts
          return RowRanges.cut(start, ids.count, to: bounds[host]..<bounds[host + 1]).count
        }
      }
      for host in hosts.indices {
        let partials = plan.partials(ofHost: host)
        let sum = tables.enumerated().reduce(0) {
          $0 + (1 + $1.element.width) * rows($1.element.union, $1.offset, of: host)
        }
        for other in hosts.indices where other != host {
          var words = 0
          for (index, table) in tables.enumerated() {
            for slot in partials { words += (1 + table.width) * rows(table.partials[slot], index, of: other) }
          }
          send(tables.count * partials.count * number, from: host)
          send(words * word, from: host)
          guard !keepsParts else { continue }
          send(tables.count * number, from: host)
          send(sum * word, from: host)
        }
      }
    }
    // Shared out rows stay with their hosts; how a host's ranks share them sends nothing.
    for (index, table) in tables.enumerated() where !keepsParts {
      table.union.withUnsafeBufferPointer { ranges[index].cut($0) }
    }
  }

  /// What `RowFetch` sends where the ranks of each host want the rows `wanted` [hosts] [tables].
  package mutating func addFetch(_ wanted: [[Set<Int32>]], _ parts: RowParts) {
    guard hosts.count > 1 else { return }
    rounds += 3
    meet(3)
    for host in hosts.indices {
      shared +=
        2 * zip(wanted[host], parts.widths).reduce(0) { $0 + 4 * (1 + $1.1) * $1.0.count } / hosts.count
      for other in hosts.indices where other != host {
        var (rows, elements) = (0, 0)
        for (table, width) in parts.widths.enumerated() {
          let range = parts.bounds[table][other]..<parts.bounds[table][other + 1]
          let count = wanted[host][table].count(where: range.contains)
          rows += count
          elements += count * width
        }
        send(parts.tables * MemoryLayout<Int>.size, from: host)
        send(rows * MemoryLayout<Int32>.size, from: host)
        send(elements * MemoryLayout<Float>.size, from: other)
      }
    }
  }

  /// The meeting of a host's ranks at the end of a step.
  package mutating func addMeeting() { meet(1) }
}
