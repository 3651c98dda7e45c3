import IO
import Support

/// The values of a feature of lists, record by record.
struct ListRows: ~Copyable {
  private(set) var rows = GrowableBuffer<Int32>()
  /// Where each record's values end in `rows`.
  private var ends = GrowableBuffer<Int>()
  /// The values of the present record, once they are many.
  private var present: Set<Int32> = []
  /// Up to so many values are looked at one by one.
  private static let few = 32

  /// Adds `row` to the present record, unless it is there.
  @inline(__always)
  mutating func append(_ row: Int32) {
    let start = ends.count == 0 ? 0 : ends.pointer[ends.count - 1]
    if rows.count - start > ListRows.few {
      if !isNew(row, from: start) { return }
    } else {
      for place in start..<rows.count where rows.pointer[place] == row { return }
    }
    rows.append(row)
  }

  /// Whether the present record, whose values begin at `start`, does not have `row` yet; it will have it then.
  @inline(never)
  private mutating func isNew(_ row: Int32, from start: Int) -> Bool {
    if present.isEmpty { for place in start..<rows.count { present.insert(rows.pointer[place]) } }
    return present.insert(row).inserted
  }

  /// Adds a record with all of `rows`, which are different ones.
  @inline(__always)
  mutating func append(record rows: UnsafeBufferPointer<Int32>) {
    self.rows.append(contentsOf: rows)
    end()
  }

  /// The rows of the record that ended last.
  var last: UnsafeBufferPointer<Int32> {
    let range = range(ends.count - 1)
    return UnsafeBufferPointer(start: rows.pointer + range.lowerBound, count: range.count)
  }

  /// Ends the present record.
  @inline(__always)
  mutating func end() {
    ends.append(rows.count)
    if !present.isEmpty { present.removeAll(keepingCapacity: true) }
  }

  @inline(__always)
  private func range(_ record: Int) -> Range<Int> {
    if record < 0 { return 0..<0 }
    return (record == 0 ? 0 : ends.pointer[record - 1])..<ends.pointer[record]
  }

  /// About how many bytes a record has.
  var recordBytes: Int {
    MemoryLayout<Int>.stride + rows.count / max(ends.count, 1) * MemoryLayout<Int32>.stride
  }

  /// The column whose row r has the values of the row's record, none where it has none.
  func column(_ records: RecordRows) -> FeatureColumn {
    let offsets = Column<Int64>(uninitialized: records.count + 1)
    let bounds = offsets.values
    bounds[0] = 0
    records.forEach(bytesPerRow: 2 * MemoryLayout<Int>.stride) { row, record in
      bounds[row + 1] = bounds[row] + Int64(range(record).count)
    }
    let values = Column<Int32>(uninitialized: Int(bounds[records.count]))
    let target = values.values
    records.forEach(bytesPerRow: 2 * recordBytes) { row, record in
      var next = Int(bounds[row])
      for place in range(record) {
        target[next] = rows.pointer[place]
        next += 1
      }
    }
    return .lists(offsets: offsets, values: values)
  }

  /// Puts the records, which are the first rows of a log, into the order of its rows; the other rows have no values.
  mutating func arrange(_ order: RowOrder) throws(ImportError) {
    var newEnds = GrowableBuffer<Int>()
    let end = newEnds.appendUninitialized(order.count)
    try checkMemory()
    let known = ends.count
    order.forEach(bytesPerRow: 2 * MemoryLayout<Int>.stride) { row, place in
      end[place] = row < known ? range(row).count : 0
    }
    var total = 0
    for places in Pieces(order.count, bytesPerRow: MemoryLayout<Int>.stride) {
      for place in places {
        total += end[place]
        end[place] = total
      }
    }
    var newRows = GrowableBuffer<Int32>()
    let target = newRows.appendUninitialized(total)
    try checkMemory()
    order.forEach(bytesPerRow: 2 * recordBytes) { row, place in
      if row >= known { return }
      let source = range(row)
      (target + (end[place] - source.count)).update(
        from: rows.pointer + source.lowerBound, count: source.count)
    }
    ends = newEnds
    rows = newRows
  }
}
