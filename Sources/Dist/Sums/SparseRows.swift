/// Rows of a table that some shards touched, with a value row each: one list per shard, one list after
/// the other in flat buffers that grow when needed and are kept.
package final class SparseRows {
  /// Elements of a row.
  package let width: Int
  /// List k is the rows starts[k] ..< starts[k + 1].
  package private(set) var starts: [Int] = [0]
  private var idStorage: UnsafeMutablePointer<Int32>
  private var valueStorage: UnsafeMutablePointer<Float>
  private var capacity = 0

  package init(width: Int) {
    precondition(width > 0, "a row has elements")
    self.width = width
    idStorage = .allocate(capacity: 1)
    valueStorage = .allocate(capacity: 1)
  }

  deinit {
    idStorage.deallocate()
    valueStorage.deallocate()
  }

  /// Rows of all lists together.
  package var count: Int { starts[starts.count - 1] }
  package var lists: Int { starts.count - 1 }

  /// Row numbers of the table [count], ascending within a list. Valid until the next change.
  package var ids: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: idStorage, count: count) }
  /// The rows' values [count, width]. Valid until the next change.
  package var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: valueStorage, count: count * width)
  }

  /// Forgets the lists and keeps the memory.
  package func removeAll() {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// Begins the next shard's list: row numbers, strictly ascending, not negative. Returns its values
  /// [ids.count, width], which are zero, to add to; valid until the next change.
  package func appendList(_ ids: UnsafeBufferPointer<Int32>) -> UnsafeMutableBufferPointer<Float> {
    var previous: Int32 = -1
    var ascending = true
    for id in ids {
      ascending = ascending && id > previous
      previous = id
    }
    precondition(ascending, "a list's row numbers ascend strictly from 0 or above")
    let first = count
    let values = appendUninitialized(ids.count)
    if let source = ids.baseAddress { (idStorage + first).update(from: source, count: ids.count) }
    values.values.update(repeating: 0)
    return values.values
  }

  /// Room for one more list of `rows` rows, of which the caller fills in all ids and values.
  func appendUninitialized(
    _ rows: Int
  ) -> (ids: UnsafeMutableBufferPointer<Int32>, values: UnsafeMutableBufferPointer<Float>) {
    let first = count
    reserve(first + rows)
    starts.append(first + rows)
    return (
      UnsafeMutableBufferPointer(start: idStorage + first, count: rows),
      UnsafeMutableBufferPointer(start: valueStorage + first * width, count: rows * width)
    )
  }

  private func reserve(_ rows: Int) {
    guard rows > capacity else { return }
    let larger = max(rows, capacity + capacity / 2, 64)
    let ids = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
    let values = UnsafeMutablePointer<Float>.allocate(capacity: larger * width)
    ids.update(from: idStorage, count: count)
    values.update(from: valueStorage, count: count * width)
    idStorage.deallocate()
    valueStorage.deallocate()
    idStorage = ids
    valueStorage = values
    capacity = larger
  }
}
