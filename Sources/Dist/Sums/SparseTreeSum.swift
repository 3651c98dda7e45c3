import Support

/// `TreeSum` for the rows of large tables of which each shard touches few, of all tables at once.
///
/// The sum is the union of the shards' rows, where rows of the same number are added along `ShardTree`. Every
/// rank gets it, with the same bits for any number of ranks and hosts. A row that a shard did not touch takes no part
/// in the additions; it is not zero, because 0 + -0 is 0.
///
/// The work is shared as in `TreeSum`. The ranks of a host see one another's rows, and each joins a range of row numbers
/// (SparseTreeSum+Host.swift). Then each host joins one range for all hosts, and its ranks parts of it
/// (SparseTreeSum+Spread.swift). Only the touched rows travel, numbers and values of all tables in one message: first to
/// the host that joins them and then to all; before each of them a short message says how many.
///
/// Where the hosts share out the tables (`RowParts`), each joins the rows that it has, and its ranks get those: nothing
/// travels back.
package final class SparseTreeSum {
  /// By table the union of all shards' rows, or those of them that this host has, as one list; valid until the next sum.
  package let results: [SparseRows]

  let hosts: HostGroup
  let plan: SumPlan
  let widths: [Int]
  /// Whether each host gets the rows that it has, and no others.
  let keepsParts: Bool
  var ranges: [RowRanges]
  /// By table: within this rank; above it.
  let own: [RowMerge]
  let upper: [RowMerge]
  let counts: RowCounts
  /// Rows of this host's ranks, a stretch of equal length for each; of this host for others; of all hosts in this one's
  /// range; of the sum.
  let published: HostBuffer
  let outgoing: HostBuffer
  let gathered: HostBuffer
  let summed: HostBuffer
  /// Numbers of rows that this rank sends [hosts, tables, partials], and where its lists are cut [tables, partials,
  /// hosts + 1].
  let totals: UnsafeMutableBufferPointer<Int>
  let cuts: UnsafeMutableBufferPointer<Int>
  /// Where the sections of all hosts begin, in words [hosts + 1].
  let places: UnsafeMutableBufferPointer<Int>

  /// `tables` are the upper bounds of the row numbers and the elements of a row; `map` is for the layout of `hosts`, and
  /// `parts` says which rows each of them has, where none has all. Collective. Throws where the host has no memory for it.
  package init(
    _ hosts: HostGroup, _ map: ShardMap, tables: [(rows: Int, width: Int)], parts: RowParts? = nil
  ) throws {
    precondition(map.layout == hosts.layout, "the shard map is for other hosts")
    precondition(tables.allSatisfy { (0...Int(Int32.max)).contains($0.rows) }, "row numbers have 32 bits")
    let plan = SumPlan(map: map, rank: hosts.communicator.rank)
    self.hosts = hosts
    self.plan = plan
    widths = tables.map(\.width)
    results = tables.map { SparseRows(width: $0.width) }
    keepsParts = parts != nil
    ranges = tables.enumerated().map {
      RowRanges(hosts.layout, host: hosts.host, rows: $1.rows, parts: parts?.bounds[$0])
    }
    own = tables.map { RowMerge(width: $0.width) }
    upper = tables.map { RowMerge(width: $0.width) }
    counts = try RowCounts(hosts, plan, tables: tables.count)
    published = HostBuffer(hosts)
    outgoing = HostBuffer(hosts)
    gathered = HostBuffer(hosts)
    summed = HostBuffer(hosts)
    let lists = tables.count * plan.group.roots.count
    totals = .allocate(capacity: max(hosts.layout.count * lists, tables.count))
    cuts = .allocate(capacity: lists * (hosts.layout.count + 1))
    places = .allocate(capacity: hosts.layout.count + 1)
  }

  deinit {
    totals.deallocate()
    cuts.deallocate()
    places.deallocate()
  }

  /// `rows` are by table, with one list per shard that this rank owns, in shard order; their values are overwritten. The
  /// sum is in `results`. Collective.
  package func sum(_ rows: [SparseRows]) throws {
    precondition(rows.count == widths.count, "rows of every table")
    guard !rows.isEmpty else { return }
    for table in 0..<widths.count {
      joinOwned(rows[table], own[table])
      results[table].removeAll()
    }
    guard hosts.communicator.size > 1 else {
      for table in 0..<widths.count {
        let list = own[table].list(of: plan.inner.roots[0])
        let place = results[table].appendUninitialized(list.count)
        guard let ids = place.ids.baseAddress, let values = place.values.baseAddress else { continue }
        own[table].collect(list, ids, values)
      }
      return
    }
    try publish()
    if hosts.layout.count > 1 {
      try joinHost()
      try exchangeParts()
    }
    try joinAll()
    try spread()
    for table in 0..<widths.count { ranges[table].cut(results[table].ids) }
  }

  private func joinOwned(_ rows: SparseRows, _ merge: RowMerge) {
    guard let values = rows.values.baseAddress, let ids = rows.ids.baseAddress else { return }
    merge.begin(values)
    for list in 0..<rows.lists {
      let range = rows.starts[list]..<rows.starts[list + 1]
      merge.append(
        RowMerge.List(ids: ids + range.lowerBound, count: range.count, values: range.lowerBound * rows.width))
    }
    merge.join(along: plan.inner)
  }

  /// Puts this rank's partials where all ranks of the host see them.
  private func publish() throws {
    let section = publishedSection(hosts.index)
    let numbers = counts.published(hosts.index)
    for table in 0..<widths.count {
      for (list, root) in plan.inner.roots.enumerated() {
        numbers[table * section.lists + list] = own[table].list(of: root).count
      }
    }
    try published.publish(
      Int32.self, length: { publishedSection($0).words },
      write: { start in
        collect(
          section, into: start, before: { _ in 0 },
          { (own[$0.table], own[$0.table].list(of: plan.inner.roots[$0.list])) })
      })
  }

  /// Words for each rank of the host.
  var publishedRoom: Int { published.room(of: Int32.self) }

  func publishedSection(_ index: Int) -> RowSection {
    RowSection(
      counts: counts.published(index), lists: plan.partials(atIndex: index).count, widths: widths)
  }

  /// Copies to each list of `section`, at `start`, the rows that `source` gives for it, behind the `before` ones of
  /// other ranks.
  @inline(__always)
  func collect(
    _ section: RowSection, into start: UnsafeMutablePointer<Int32>, before: (RowSection.Place) -> Int,
    _ source: (RowSection.Place) -> (RowMerge, UnsafeBufferPointer<UInt64>)
  ) {
    section.visit { place in
      let (merge, keys) = source(place)
      let rows = before(place)
      let values = UnsafeMutableRawPointer(start + place.values).assumingMemoryBound(to: Float.self)
      merge.collect(keys, start + place.ids + rows, values + rows * widths[place.table])
    }
  }

  /// Adds to `upper` the lists of `section` at `start`, as far as their row numbers are in `range`.
  @inline(__always)
  func append(
    _ section: RowSection, at start: Int, of buffer: HostBuffer, _ range: (RowRanges) -> Range<Int32>
  ) {
    let words = buffer.values(of: Int32.self) + start
    section.visit { place in
      let range = range(ranges[place.table])
      let ids = UnsafePointer(words + place.ids)
      let rows = RowRanges.cut(ids, place.count, to: range)
      upper[place.table].append(
        RowMerge.List(
          ids: ids + rows.lowerBound, count: rows.count,
          values: start + place.values + rows.lowerBound * widths[place.table]))
    }
  }
}
