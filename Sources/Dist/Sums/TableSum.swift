import Support

/// The dense way of a `SparseTreeSum`: the whole table travels in a `TreeSum`, which has fewer exchanges and
/// no lists to join.
///
/// The bits are those of the sparse way. What a partial did not touch is -0 here, and x + -0 is x for every
/// x, -0 among them. A column after the rows tells touched rows, whatever their gradient, from those that get
/// no update.
final class TableSum {
  private let treeSum: TreeSum
  private let tableRows: Int
  private let width: Int
  /// [owned shards, tableRows x (width + 1)]: first the rows, then the column of touched ones. Only the
  /// places of shards that begin a partial are used.
  private var table = GrowableBuffer<Float>(capacity: 0)

  init(_ communicator: any Communicator, _ map: ShardMap, tableRows: Int, width: Int) {
    treeSum = TreeSum(communicator, map)
    self.tableRows = tableRows
    self.width = width
  }

  /// Appends to `result`, as one list, the sum of the partials that `joined` has made of `rows`. For several
  /// ranks. Collective.
  func sum(_ rows: SparseRows, joined: borrowing RowMerge, into result: SparseRows) throws {
    let plan = treeSum.plan
    let stride = tableRows * (width + 1)
    let base = table.resetUninitialized(plan.ownedShards * stride)
    for root in plan.inner.roots {
      let place = base + root.slot * stride
      place.update(repeating: -0.0, count: stride)
      guard let values = rows.values.baseAddress else { continue }
      for key in joined.list(of: root, in: rows) {
        let id = Int(key >> 32)
        (place + id * width).update(from: values + Int(key & 0xFFFF_FFFF) * width, count: width)
        place[tableRows * width + id] = 1
      }
    }
    try treeSum.sumPartials(base, count: stride)
    collectTouched(base, into: result)
  }

  private func collectTouched(_ sum: UnsafePointer<Float>, into result: SparseRows) {
    let touched = sum + tableRows * width
    var count = 0
    for id in 0..<tableRows where touched[id] > 0 { count += 1 }
    let place = result.appendUninitialized(count)
    guard let ids = place.ids.baseAddress, let values = place.values.baseAddress else { return }
    var next = 0
    for id in 0..<tableRows where touched[id] > 0 {
      ids[next] = Int32(id)
      (values + next * width).update(from: sum + id * width, count: width)
      next += 1
    }
  }
}
