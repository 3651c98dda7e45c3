/// `TreeSum` for rows of a large table of which each shard touches few: the union of the shards' rows,
/// rows of the same number added along `ShardTree`, on every rank, with the same bits for any number of
/// ranks. A row that a shard did not touch takes no part in the additions (it is not zero: 0 + -0 is 0).
///
/// The work is shared as in `TreeSum`: each rank joins one range of row numbers for all. Row numbers and
/// values of touched rows travel, nothing else. The ranges are cut so that the previous sum would have been
/// shared evenly; every rank knows that sum, so they need not be agreed, and they do not touch the bits.
///
/// Of a small table, most of whose rows every batch touches, the whole travels in a `TreeSum`, which has fewer
/// exchanges and no lists to join. `SumShape.isDense` is the rule, by the number of rows of the previous sum.
/// The bits are the same: what a partial did not touch is -0, and x + -0 is x for every x, -0 among them. A
/// column beside the rows tells touched rows, of whatever gradient, from those that take no update.
package final class SparseTreeSum {
  /// The union of all shards' rows, as one list; valid until the next sum.
  package let result: SparseRows

  let communicator: any Communicator
  let plan: SumPlan
  let requests = Requests()
  private var merge = RowMerge()
  /// This rank's partials, one list each, as they travel.
  private let outgoing: SparseRows
  /// All ranks' partials in this rank's range of row numbers, in shard order.
  private let incoming: SparseRows
  /// Rank r joins the row numbers bounds[r] ..< bounds[r + 1].
  private var bounds: [Int32]
  /// Where each range begins in each own partial [partials, ranks + 1], as rows of `outgoing`.
  private var cuts: [Int] = []
  /// Rows per destination and own partial [ranks, own partials].
  private var sentCounts: [Int]
  /// Rows per partial of every rank [partials].
  private var partialCounts: [Int]
  private var rangeCounts: [Int]
  private let ones: [Int]
  private let shape: SumShape
  private let tableRows: Int
  private let denseSum: TreeSum
  /// [owned shards, table rows x (width + 1)] where the sum is dense: rows first, then the column of touched
  /// ones. Of the shards those that begin a partial are used.
  private var table: UnsafeMutableBufferPointer<Float>

  /// How sums are made, where not by the rule; for tests.
  package enum Way: Sendable { case byRule, sparse, dense }
  package var way = Way.byRule
  /// Whether the last sum was dense.
  package private(set) var isDense = false

  /// `tableRows` bounds the row numbers; `map.ranks` is the communicator's size.
  package init(_ communicator: any Communicator, _ map: ShardMap, tableRows: Int, width: Int) {
    precondition(map.ranks == communicator.size, "the shard map is for another number of ranks")
    precondition((0...Int(Int32.max)).contains(tableRows), "row numbers have 32 bits")
    self.communicator = communicator
    plan = SumPlan(map: map, rank: communicator.rank)
    result = SparseRows(width: width)
    outgoing = SparseRows(width: width)
    incoming = SparseRows(width: width)
    let size = communicator.size
    bounds = (0...size).map { Int32(tableRows * $0 / size) }
    bounds[size] = .max
    sentCounts = [Int](repeating: 0, count: size * plan.inner.roots.count)
    partialCounts = [Int](repeating: 0, count: plan.partialCount)
    rangeCounts = [Int](repeating: 0, count: size)
    ones = [Int](repeating: 1, count: size)
    self.tableRows = tableRows
    shape = SumShape(
      ranks: Double(size), partials: Double(plan.partialCount), tableRows: Double(tableRows),
      width: Double(width))
    denseSum = TreeSum(communicator, map)
    table = UnsafeMutableBufferPointer(start: nil, count: 0)
  }

  deinit {
    merge.deallocate()
    table.deallocate()
  }

  /// `rows` has one list per shard that this rank owns, in shard order; its values are used up. The sum is in
  /// `result`.
  package func sum(_ rows: SparseRows) throws {
    precondition(rows.width == result.width, "rows of another width")
    merge.join(rows, along: plan.inner)
    let expected = result.count
    result.removeAll()
    if communicator.size == 1 {
      let list = merge.list(of: plan.inner.roots[0], in: rows)
      let place = result.appendUninitialized(list.count)
      return RowMerge.collect(list, from: rows, place.ids, place.values)
    }
    isDense = way == .byRule ? shape.isDense(expectedRows: Double(expected)) : way == .dense
    if isDense { return try sumTable(rows) }
    outgoing.removeAll()
    for root in plan.inner.roots {
      let list = merge.list(of: root, in: rows)
      let place = outgoing.appendUninitialized(list.count)
      RowMerge.collect(list, from: rows, place.ids, place.values)
    }
    cutPartials()
    try exchangePartials()
    merge.join(incoming, along: plan.outer)
    try exchangeRanges(merge.list(of: plan.outer.roots[0], in: incoming))
    let total = result.count
    let size = communicator.size
    if total >= size {
      for rank in 1..<size { bounds[rank] = result.ids[total * rank / size] }
    }
  }

  /// The sum as one over the whole table. The joined lists are those of `rows`.
  private func sumTable(_ rows: SparseRows) throws {
    let width = result.width
    let stride = tableRows * (width + 1)
    if table.count < plan.ownedShards * stride {
      table.deallocate()
      table = .allocate(capacity: plan.ownedShards * stride)
    }
    guard let base = table.baseAddress else { return }
    for root in plan.inner.roots {
      let place = base + root.slot * stride
      place.update(repeating: -0.0, count: stride)
      guard let values = rows.values.baseAddress else { continue }
      for key in merge.list(of: root, in: rows) {
        let id = Int(key >> 32)
        (place + id * width).update(from: values + Int(key & 0xFFFF_FFFF) * width, count: width)
        place[tableRows * width + id] = 1
      }
    }
    try denseSum.sumPartials(base, count: stride)
    let touched = base + tableRows * width
    var count = 0
    for id in 0..<tableRows where touched[id] > 0 { count += 1 }
    let place = result.appendUninitialized(count)
    guard let ids = place.ids.baseAddress, let values = place.values.baseAddress else { return }
    var next = 0
    for id in 0..<tableRows where touched[id] > 0 {
      ids[next] = Int32(id)
      (values + next * width).update(from: base + id * width, count: width)
      next += 1
    }
  }

  /// Finds the ranges in this rank's partials by bisection.
  private func cutPartials() {
    let size = communicator.size
    let ids = outgoing.ids
    let own = plan.inner.roots.count
    cuts.removeAll(keepingCapacity: true)
    for partial in 0..<own {
      var low = outgoing.starts[partial]
      let end = outgoing.starts[partial + 1]
      cuts.append(low)
      for rank in 1..<size {
        var high = end
        while low < high {
          let middle = low + (high - low) / 2
          if ids[middle] < bounds[rank] { low = middle + 1 } else { high = middle }
        }
        cuts.append(low)
      }
      cuts.append(end)
      for rank in 0..<size {
        let first = cuts[partial * (size + 1) + rank]
        sentCounts[rank * own + partial] = cuts[partial * (size + 1) + rank + 1] - first
      }
    }
  }

  /// Every rank gets everybody's partials in its range: how many rows first, then the rows.
  private func exchangePartials() throws {
    let rank = communicator.rank
    let size = communicator.size
    let own = plan.inner.roots.count
    try partialCounts.withUnsafeMutableBufferPointer { counts in
      try sentCounts.withUnsafeBufferPointer { sent in
        for source in others(before: rank) {
          let slots = plan.partials(ofRank: source)
          try communicator.startReceive(
            UnsafeMutableBufferPointer(rebasing: counts[slots]), from: source, tag: Tag.rowCounts, requests)
        }
        for target in others(after: rank) {
          try communicator.startSend(
            UnsafeBufferPointer(rebasing: sent[target * own..<(target + 1) * own]), to: target,
            tag: Tag.rowCounts, requests)
        }
        for (partial, slot) in plan.partials(ofRank: rank).enumerated() {
          counts[slot] = sent[rank * own + partial]
        }
        try communicator.finish(requests)
      }
    }
    // The buffers move while they grow: first all lists, then the receives.
    incoming.removeAll()
    for count in partialCounts { _ = incoming.appendUninitialized(count) }
    for source in others(before: rank) {
      for slot in plan.partials(ofRank: source) {
        try receive(incoming, incoming.starts[slot]..<incoming.starts[slot + 1], from: source)
      }
    }
    for target in others(after: rank) {
      for partial in 0..<own {
        let cut = partial * (size + 1) + target
        try send(outgoing, cuts[cut]..<cuts[cut + 1], to: target)
      }
    }
    for (partial, slot) in plan.partials(ofRank: rank).enumerated() {
      let cut = partial * (size + 1) + rank
      copyRows(cuts[cut]..<cuts[cut + 1], to: incoming.starts[slot])
    }
    try communicator.finish(requests)
  }

  /// Every rank gets everybody's joined range; the ranges in rank order are the result.
  private func exchangeRanges(_ list: UnsafeBufferPointer<UInt64>) throws {
    let rank = communicator.rank
    rangeCounts[rank] = list.count
    try rangeCounts.withUnsafeMutableBufferPointer { counts in
      try communicator.allgather(
        UnsafeBufferPointer(rebasing: counts[rank...rank]), into: counts, counts: ones)
    }
    var total = 0
    for index in rangeCounts.indices {
      let count = rangeCounts[index]
      rangeCounts[index] = total
      total += count
    }
    let place = result.appendUninitialized(total)
    let own = rangeCounts[rank]..<rangeCounts[rank] + list.count
    RowMerge.collect(
      list, from: incoming, UnsafeMutableBufferPointer(rebasing: place.ids[own]),
      UnsafeMutableBufferPointer(
        rebasing: place.values[own.lowerBound * result.width..<own.upperBound * result.width]))
    for source in others(before: rank) {
      let end = source + 1 < communicator.size ? rangeCounts[source + 1] : total
      try receive(result, rangeCounts[source]..<end, from: source)
    }
    for target in others(after: rank) { try send(result, own, to: target) }
    try communicator.finish(requests)
  }

  private func send(_ rows: SparseRows, _ range: Range<Int>, to target: Int) throws {
    guard !range.isEmpty else { return }
    let columns = range.lowerBound * rows.width..<range.upperBound * rows.width
    try communicator.startSend(
      UnsafeBufferPointer(rebasing: rows.ids[range]), to: target, tag: Tag.rowIDs, requests)
    try communicator.startSend(
      UnsafeBufferPointer(rebasing: rows.values[columns]), to: target, tag: Tag.rowValues, requests)
  }

  private func receive(_ rows: SparseRows, _ range: Range<Int>, from source: Int) throws {
    guard !range.isEmpty else { return }
    let columns = range.lowerBound * rows.width..<range.upperBound * rows.width
    try communicator.startReceive(
      UnsafeMutableBufferPointer(mutating: UnsafeBufferPointer(rebasing: rows.ids[range])), from: source,
      tag: Tag.rowIDs, requests)
    try communicator.startReceive(
      UnsafeMutableBufferPointer(rebasing: rows.values[columns]), from: source, tag: Tag.rowValues, requests)
  }

  /// Rows of `outgoing` to their place in `incoming`.
  private func copyRows(_ range: Range<Int>, to first: Int) {
    let ids = UnsafeMutableBufferPointer(mutating: incoming.ids)
    guard let target = incoming.values.baseAddress, let source = outgoing.values.baseAddress else { return }
    for (offset, row) in range.enumerated() { ids[first + offset] = outgoing.ids[row] }
    let width = result.width
    (target + first * width).update(from: source + range.lowerBound * width, count: range.count * width)
  }

  /// The other ranks, nearest first, so that each rank is served by another one at any time.
  private func others(after rank: Int) -> LazyMapSequence<Range<Int>, Int> {
    let size = communicator.size
    return (1..<size).lazy.map { (rank + $0) % size }
  }

  private func others(before rank: Int) -> LazyMapSequence<Range<Int>, Int> {
    let size = communicator.size
    return (1..<size).lazy.map { (rank + size - $0) % size }
  }
}
