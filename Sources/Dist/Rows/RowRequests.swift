import Support

/// The rows of shared out tables that work is about to read, without those that this host has itself.
///
/// A row is a key: its table's number in the upper half, its own in the lower. Keys ascend once they are sorted, so that
/// those of a table that a host has are next to one another.
package final class RowRequests {
  private let parts: RowParts
  private var keys = GrowableBuffer<UInt64>()
  private let sorter = KeySorter()

  init(_ parts: RowParts) { self.parts = parts }

  package func removeAll() { keys.removeAll() }

  /// Adds `count` rows of table `table`, in any order.
  package func add(_ rows: UnsafePointer<Int32>, count: Int, ofTable table: Int) {
    let own = parts.own(table)
    for i in 0..<count where !own.contains(rows[i]) { keys.append(RowRequests.key(rows[i], table)) }
  }

  /// Adds keys as they are.
  func add(_ other: UnsafeBufferPointer<UInt64>) { keys.append(contentsOf: other) }

  /// Brings the keys in order, each once.
  func sort() {
    guard keys.count > 1 else { return }
    sorter.sort(keys.pointer, count: keys.count)
    var count = 1
    for i in 1..<keys.count where keys.pointer[i] != keys.pointer[count - 1] {
      keys.pointer[count] = keys.pointer[i]
      count += 1
    }
    keys.cut(to: count)
  }

  var all: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: keys.pointer, count: keys.count) }

  /// Those of sorted `keys` that are rows of table `table` that `host` has.
  static func cut(
    _ keys: UnsafeBufferPointer<UInt64>, _ parts: RowParts, host: Int, table: Int
  ) -> UnsafeBufferPointer<UInt64> {
    func place(_ bound: Int32) -> Int {
      let key = key(bound, table)
      return bisect(keys.count) { keys[$0] >= key }
    }
    let bounds = parts.bounds[table]
    return UnsafeBufferPointer(rebasing: keys[place(bounds[host])..<place(bounds[host + 1])])
  }

  private static func key(_ row: Int32, _ table: Int) -> UInt64 {
    UInt64(table) << 32 | UInt64(UInt32(bitPattern: row))
  }
}
