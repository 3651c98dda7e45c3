/// `TreeSum` for the rows of a large table of which each shard touches few.
///
/// The sum is the union of the shards' rows, where rows of the same number are added along `ShardTree`. Every
/// rank gets it, with the same bits for any number of ranks. A row that a shard did not touch takes no part
/// in the additions; it is not zero, because 0 + -0 is 0.
///
/// The work is shared as in `TreeSum`: each rank joins one range of row numbers for all. Only the touched
/// rows travel, numbers and values, first to the rank that joins them (`PartialExchange`) and then to all
/// (`RangeExchange`).
///
/// Of a small table, most of whose rows every batch touches, the whole table travels (`TableSum`).
/// `SumShape.isDense` decides, by the number of rows of the previous sum. The bits are the same.
package final class SparseTreeSum {
  /// The union of all shards' rows, as one list; valid until the next sum.
  package let result: SparseRows

  private let communicator: any Communicator
  private let plan: SumPlan
  private let shape: SumShape
  private var merge = RowMerge()
  private let partials: PartialExchange
  private let ranges: RangeExchange
  private let table: TableSum

  /// The ways to make a sum; tests choose one.
  package enum Way: Sendable { case byRule, sparse, dense }
  package var way = Way.byRule
  /// Whether the last sum was dense.
  package private(set) var isDense = false

  /// `tableRows` is the upper bound of the row numbers; `map.ranks` is the communicator's size.
  package init(_ communicator: any Communicator, _ map: ShardMap, tableRows: Int, width: Int) {
    precondition(map.ranks == communicator.size, "the shard map is for another number of ranks")
    precondition((0...Int(Int32.max)).contains(tableRows), "row numbers have 32 bits")
    self.communicator = communicator
    plan = SumPlan(map: map, rank: communicator.rank)
    shape = SumShape(
      ranks: Double(communicator.size), partials: Double(plan.partialCount), tableRows: Double(tableRows),
      width: Double(width))
    result = SparseRows(width: width)
    partials = PartialExchange(communicator, plan, tableRows: tableRows, width: width)
    ranges = RangeExchange(communicator)
    table = TableSum(communicator, map, tableRows: tableRows, width: width)
  }

  /// `rows` has one list per shard that this rank owns, in shard order; its values are overwritten. The sum
  /// is in `result`.
  package func sum(_ rows: SparseRows) throws {
    precondition(rows.width == result.width, "rows of another width")
    merge.join(rows, along: plan.inner)
    let expected = result.count
    result.removeAll()
    guard communicator.size > 1 else {
      return merge.collect(plan.inner.roots[0], in: rows, into: result)
    }
    isDense = way == .byRule ? shape.isDense(expectedRows: Double(expected)) : way == .dense
    if isDense { return try table.sum(rows, joined: merge, into: result) }
    partials.outgoing.removeAll()
    for root in plan.inner.roots { merge.collect(root, in: rows, into: partials.outgoing) }
    try partials.exchange()
    merge.join(partials.incoming, along: plan.outer)
    let range = merge.list(of: plan.outer.roots[0], in: partials.incoming)
    try ranges.exchange(range, of: partials.incoming, into: result)
    partials.shareEvenly(result.ids)
  }
}
