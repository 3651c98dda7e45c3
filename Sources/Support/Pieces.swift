/// Runs of rows, in order, that together are 0 ..< `count` or another range: one run, unless large columns lie in files
/// (`Spill`). Then runs have some megabytes, `bytesPerRow` for each row that a loop looks at, and after each of them
/// there is a checkpoint.
@usableFromInline
package struct Pieces: Sequence, IteratorProtocol {
  private let end: Int
  private let rows: Int
  private let spill = Spill.current
  private let first: Int
  private var start: Int

  @usableFromInline
  package init(_ count: Int, bytesPerRow: Int) { self.init(0..<count, bytesPerRow: bytesPerRow) }

  /// Runs that together are `range`.
  @usableFromInline
  package init(_ range: Range<Int>, bytesPerRow: Int) {
    (first, start, end) = (range.lowerBound, range.lowerBound, range.upperBound)
    let count = range.count
    rows = spill.map { Swift.max(1, $0.pieceBytes / Swift.max(bytesPerRow, 1)) } ?? count
  }

  /// Runs of users, those of `users` where given, whose rows begin at `offsets`, with about so many bytes of rows.
  package init(ofUsers offsets: Column<Int64>, _ users: Range<Int>? = nil, bytesPerRow: Int) {
    let users = users ?? 0..<offsets.count - 1
    let rows = Int(offsets[users.upperBound] - offsets[users.lowerBound])
    self.init(
      users, bytesPerRow: MemoryLayout<Int64>.stride + rows / Swift.max(users.count, 1) * bytesPerRow)
  }

  @usableFromInline
  package mutating func next() -> Range<Int>? {
    if start > first { spill?.checkpoint() }
    SignOfLife.give()
    guard start < end else { return nil }
    let begin = start
    start = Swift.min(begin + rows, end)
    return begin..<start
  }
}

extension Column {
  /// `change` of each value.
  @inlinable @inline(__always)
  package func map<Value>(_ change: (Element) -> Value) -> Column<Value> {
    let result = Column<Value>(uninitialized: count)
    let (source, target) = (pointer, result.values)
    let bytes = MemoryLayout<Element>.stride + MemoryLayout<Value>.stride
    for rows in Pieces(count, bytesPerRow: bytes) {
      for row in rows { target[row] = change(source[row]) }
    }
    withExtendedLifetime(self) {}
    return result
  }

  /// `combine` of all values, from the first to the last.
  @inlinable @inline(__always)
  package func reduce<Value>(into initial: Value, _ combine: (inout Value, Element) -> Void) -> Value {
    var result = initial
    let source = pointer
    for rows in Pieces(count, bytesPerRow: MemoryLayout<Element>.stride) {
      for row in rows { combine(&result, source[row]) }
    }
    withExtendedLifetime(self) {}
    return result
  }
}
