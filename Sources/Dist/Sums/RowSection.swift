/// How lists of rows of several tables lie in a stretch of 32-bit words, which travels as one message: table after table,
/// first the row numbers of all its lists, then their values.
struct RowSection {
  /// [tables, lists] the rows of each list.
  let counts: UnsafePointer<Int>
  let lists: Int
  /// [tables] elements of a row.
  let widths: [Int]

  /// A list's place in the stretch, in words.
  struct Place {
    var table: Int
    var list: Int
    var ids: Int
    var values: Int
    var count: Int
  }

  /// How long the stretch is.
  var words: Int {
    var words = 0
    for table in 0..<widths.count {
      for list in 0..<lists { words += counts[table * lists + list] * (1 + widths[table]) }
    }
    return words
  }

  /// Calls `body` with every list, in order.
  @inline(__always)
  func visit(_ body: (Place) -> Void) {
    var start = 0
    for table in 0..<widths.count {
      var rows = 0
      for list in 0..<lists { rows += counts[table * lists + list] }
      var before = 0
      for list in 0..<lists {
        let count = counts[table * lists + list]
        body(
          Place(
            table: table, list: list, ids: start + before, values: start + rows + before * widths[table],
            count: count))
        before += count
      }
      start += rows * (1 + widths[table])
    }
  }
}

/// The numbers of rows by which a host's ranks find one another's lists, in memory that they share.
struct RowCounts {
  private let buffer: HostBuffer
  private let plan: SumPlan
  private let tables: Int
  private let hosts: Int
  private let ranks: Int
  private let roots: Int

  /// For sums of so many `tables`. Collective.
  init(_ group: HostGroup, _ plan: SumPlan, tables: Int) throws {
    self.plan = plan
    self.tables = tables
    (hosts, ranks, roots) = (group.layout.count, group.size, plan.group.roots.count)
    buffer = HostBuffer(group)
    let partials = plan.group.leafDepths.count + plan.outer.leafDepths.count
    let counts = tables * (partials + ranks * hosts * roots + ranks + hosts)
    try buffer.reserve(counts * MemoryLayout<Int>.size)
  }

  private var start: UnsafeMutablePointer<Int> { buffer.values(of: Int.self) }

  /// [tables, partials] of the rank at `index`.
  func published(_ index: Int) -> UnsafeMutablePointer<Int> {
    start + tables * plan.partials(atIndex: index).lowerBound
  }

  /// [tables, partials of the host] what the rank at `index` has joined for `host`.
  func parts(_ index: Int, for host: Int) -> UnsafeMutablePointer<Int> {
    start + tables * (plan.group.leafDepths.count + (index * hosts + host) * roots)
  }

  /// [tables, partials of `host`] what this host joins of another's.
  func gathered(_ host: Int) -> UnsafeMutablePointer<Int> {
    parts(ranks, for: 0) + tables * plan.partials(ofHost: host).lowerBound
  }

  /// [tables] what the rank at `index` has joined for all.
  func joined(_ index: Int) -> UnsafeMutablePointer<Int> {
    parts(ranks, for: 0) + tables * (plan.outer.leafDepths.count + index)
  }

  /// [tables] what `host` has joined for all.
  func summed(_ host: Int) -> UnsafeMutablePointer<Int> { joined(ranks + host) }
}
