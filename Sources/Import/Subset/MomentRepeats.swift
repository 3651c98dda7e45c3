/// Finds the rows of one moment that repeat a row of an earlier file: of the same item, and action.
struct MomentRepeats {
  private var moment: [(item: Int32, action: Int32, index: Int)] = []

  /// Calls `found` with each row of `rows` that repeats another one, and with that one. Rows are in the order of their
  /// files.
  mutating func find(
    _ rows: Range<Int>, _ key: (Int) -> (item: Int32, action: Int32, file: Int32),
    _ found: (_ row: Int, _ original: Int) -> Void
  ) {
    moment.removeAll(keepingCapacity: true)
    for row in rows {
      let (item, action, _) = key(row)
      moment.append((item, action, row))
    }
    moment.sort { $0 < $1 }
    var start = 0
    for index in 1..<moment.count {
      let (first, row) = (moment[start], moment[index])
      if first.item != row.item || first.action != row.action {
        start = index
      } else if key(first.index).file != key(row.index).file {
        found(row.index, first.index)
      }
    }
  }
}
