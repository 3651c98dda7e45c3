import Support

/// Renumbers the rows of one field that a piece of work touches: distinct rows in rising order get the local
/// ids 0, 1, ... Costs grow with the touched rows; the one array over all rows is never traversed.
final class RowNumbering {
  /// The touched rows; in rising order after `finish`.
  private(set) var rows: UnsafeMutablePointer<Int32>
  private(set) var count = 0
  private var capacity = 256
  /// [all rows]: 0 untouched, else 1 + the local id once `finish` has run. Rows that are never touched take no memory.
  private let memory: MemoryBlock
  private let numbers: UnsafeMutablePointer<Int32>
  private var keys: UnsafeMutablePointer<UInt64>
  private let sorter = KeySorter()

  init(rows: Int) {
    memory = MemoryBlock(zeros: max(rows, 1) * MemoryLayout<Int32>.stride)
    numbers = memory.values(of: Int32.self).baseAddress!
    self.rows = .allocate(capacity: capacity)
    keys = .allocate(capacity: capacity)
  }

  deinit {
    rows.deallocate()
    keys.deallocate()
  }

  /// Forgets all rows.
  func clear() {
    for i in 0..<count { numbers[Int(rows[i])] = 0 }
    count = 0
  }

  @inline(__always)
  func note(_ row: Int32) {
    guard numbers[Int(row)] == 0 else { return }
    if count == capacity { grow() }
    numbers[Int(row)] = 1
    rows[count] = row
    count += 1
  }

  /// Sorts the noted rows and numbers them.
  func finish() {
    for i in 0..<count { keys[i] = UInt64(UInt32(bitPattern: rows[i])) }
    sorter.sort(keys, count: count)
    for i in 0..<count {
      rows[i] = Int32(truncatingIfNeeded: keys[i])
      numbers[Int(rows[i])] = Int32(i) + 1
    }
  }

  /// The local id of a noted row.
  @inline(__always)
  func localID(_ row: Int32) -> Int32 { numbers[Int(row)] - 1 }

  private func grow() {
    let larger = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * capacity)
    larger.update(from: rows, count: count)
    rows.deallocate()
    keys.deallocate()
    rows = larger
    capacity *= 2
    keys = .allocate(capacity: capacity)
  }
}
