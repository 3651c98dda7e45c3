import Support

/// The record that each row's values are of: -1 where there is none.
struct RecordRows {
  /// [rows] counted from the first record of the row's run.
  private let values: Column<Int32>
  /// Where the rows of each run end, and the first record that they count from.
  private let runs: [(end: Int, first: Int)]

  init(_ values: Column<Int32>) { self.init(values, runs: [(values.count, 0)]) }

  init(_ values: Column<Int32>, runs: [(end: Int, first: Int)]) {
    self.values = values
    self.runs = runs
  }

  var count: Int { values.count }

  /// The record of a row.
  subscript(row: Int) -> Int {
    let run = bisect(runs.count) { row < runs[$0].end }
    return values[row] < 0 ? -1 : runs[run].first + Int(values[row])
  }

  /// The same without the records from `end` on, of records that are counted from 0.
  func without(from end: Int) -> RecordRows {
    precondition(runs.count == 1 && runs[0].first == 0, "records are counted from 0")
    return RecordRows(values.map { $0 < end ? $0 : -1 })
  }

  /// Calls `body` with each row and its record.
  /// - Parameter bytesPerRow: what `body` looks at.
  @inline(__always)
  func forEach(bytesPerRow: Int, _ body: (_ row: Int, _ record: Int) -> Void) {
    let records = values.pointer
    var start = 0
    for (end, first) in runs {
      for rows in Pieces(end - start, bytesPerRow: MemoryLayout<Int32>.stride + bytesPerRow) {
        for row in start + rows.lowerBound..<start + rows.upperBound {
          let record = Int(records[row])
          body(row, record < 0 ? -1 : first + record)
        }
      }
      start = end
    }
    withExtendedLifetime(values) {}
  }

  /// `source[record]` for each row, `missing` where it has none.
  func gathered<Value>(_ source: UnsafePointer<Value>, missing: Value) -> Column<Value> {
    let result = Column<Value>(uninitialized: count)
    let target = result.values
    forEach(bytesPerRow: 2 * MemoryLayout<Value>.stride) { row, record in
      target[row] = record < 0 ? missing : source[record]
    }
    return result
  }
}
