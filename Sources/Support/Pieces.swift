/// Calls `body` with runs of 0 ..< `count`, in order, that together are all of it. That is one run, unless large columns
/// lie in files (`Spill`): then runs have some megabytes, `bytesPerRow` for each row that `body` looks at, and after each
/// of them there is a checkpoint.
@usableFromInline
package func inPieces<Failure: Error>(
  _ count: Int, bytesPerRow: Int, _ body: (Range<Int>) throws(Failure) -> Void
) throws(Failure) {
  guard let spill = Spill.current else { return try body(0..<count) }
  let rows = max(1, spill.pieceBytes / max(bytesPerRow, 1))
  var start = 0
  while start < count {
    let end = min(start + rows, count)
    try body(start..<end)
    start = end
    spill.checkpoint()
  }
}

extension Column {
  /// `change` of each value.
  @inlinable @inline(__always)
  package func map<Value>(_ change: (Element) -> Value) -> Column<Value> {
    let result = Column<Value>(uninitialized: count)
    let (source, target) = (pointer, result.values)
    withExtendedLifetime(self) {
      inPieces(count, bytesPerRow: MemoryLayout<Element>.stride + MemoryLayout<Value>.stride) { rows in
        for row in rows { target[row] = change(source[row]) }
      }
    }
    return result
  }

  /// `combine` of all values, from the first to the last.
  @inlinable @inline(__always)
  package func reduce<Value>(into initial: Value, _ combine: (inout Value, Element) -> Void) -> Value {
    var result = initial
    let source = pointer
    withExtendedLifetime(self) {
      inPieces(count, bytesPerRow: MemoryLayout<Element>.stride) { rows in
        for row in rows { combine(&result, source[row]) }
      }
    }
    return result
  }
}

/// `inPieces` of users, whose rows begin at `offsets`: runs with about so many bytes of rows.
package func inPieces<Failure: Error>(
  ofUsers offsets: Column<Int64>, bytesPerRow: Int, _ body: (Range<Int>) throws(Failure) -> Void
) throws(Failure) {
  let users = offsets.count - 1
  let rows = Int(offsets[users] - offsets[0])
  try inPieces(users, bytesPerRow: MemoryLayout<Int64>.stride + rows / max(users, 1) * bytesPerRow, body)
}
