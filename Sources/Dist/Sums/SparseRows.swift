import Support

/// The rows of a table that some shards touched, each with a row of values: one list per shard, one list
/// after another in flat buffers, which keep their memory.
package final class SparseRows {
  /// Elements of a row.
  package let width: Int
  /// List k is the rows starts[k] ..< starts[k + 1].
  package private(set) var starts: [Int] = [0]
  private var idStorage = GrowableBuffer<Int32>(capacity: 64)
  private var valueStorage: GrowableBuffer<Float>

  package init(width: Int) {
    precondition(width > 0, "a row has elements")
    self.width = width
    valueStorage = GrowableBuffer(capacity: 64 * width)
  }

  /// Rows of all lists together.
  package var count: Int { idStorage.count }
  package var lists: Int { starts.count - 1 }

  /// Row numbers of the table [count], ascending within a list. Valid until the next change.
  package var ids: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: idStorage.pointer, count: idStorage.count)
  }
  /// The rows' values [count, width]. Valid until the next change.
  package var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: valueStorage.pointer, count: valueStorage.count)
  }

  /// Forgets the lists and keeps the memory.
  package func removeAll() {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    idStorage.removeAll()
    valueStorage.removeAll()
  }

  /// Begins the next shard's list: row numbers, strictly ascending, not negative. Returns its values
  /// [ids.count, width], which are zero, to add to; valid until the next change.
  package func appendList(_ ids: UnsafeBufferPointer<Int32>) -> UnsafeMutableBufferPointer<Float> {
    let values = appendUnfilledList(ids)
    values.update(repeating: 0)
    return values
  }

  /// Adds the next shard's list with its values [ids.count, width].
  package func appendList(_ ids: UnsafeBufferPointer<Int32>, values: UnsafePointer<Float>) {
    let list = appendUnfilledList(ids)
    list.baseAddress?.update(from: values, count: list.count)
  }

  /// As `appendList`, but that the caller fills in all of the values.
  package func appendUnfilledList(
    _ ids: UnsafeBufferPointer<Int32>
  ) -> UnsafeMutableBufferPointer<Float> {
    var previous: Int32 = -1
    var ascending = true
    for id in ids {
      ascending = ascending && id > previous
      previous = id
    }
    precondition(ascending, "a list's row numbers ascend strictly from 0 or above")
    let list = appendUninitialized(ids.count)
    _ = list.ids.update(fromContentsOf: ids)
    return list.values
  }

  /// Room for one more list of `rows` rows; the caller fills in all ids and values.
  func appendUninitialized(
    _ rows: Int
  ) -> (ids: UnsafeMutableBufferPointer<Int32>, values: UnsafeMutableBufferPointer<Float>) {
    let ids = idStorage.appendUninitialized(rows)
    let values = valueStorage.appendUninitialized(rows * width)
    starts.append(idStorage.count)
    return (
      UnsafeMutableBufferPointer(start: ids, count: rows),
      UnsafeMutableBufferPointer(start: values, count: rows * width)
    )
  }
}
