import Support

/// Joins sorted lists of rows along the shard tree.
///
/// A row is a key: its number in the table in the upper half, its place in the lists' values in the lower. To
/// join two lists moves keys only. Values are read only where a row is in both lists, and the sum replaces
/// the left one's. So a value is added exactly as often as the tree demands, and copied once, at the end.
struct RowMerge: ~Copyable {
  /// The lists of one level of the tree lie in one of the buffers, by the level's parity, at the place of the
  /// node's first leaf, as in a merge sort. So a node's children are never where the node goes.
  private var even = GrowableBuffer<UInt64>(capacity: 64)
  private var odd = GrowableBuffer<UInt64>(capacity: 64)
  /// Length of the list that begins at each leaf.
  private var lengths: [Int] = []

  /// Joins the lists of `rows`, one per leaf of `forest`, and adds into their values. Afterwards `list` gives
  /// the lists at the forest's roots.
  mutating func join(_ rows: SparseRows, along forest: ShardTree.Forest) {
    precondition(rows.lists == forest.leafDepths.count, "one list of rows per shard")
    precondition(rows.count <= Int(UInt32.max), "too many rows in one sum")
    _ = even.resetUninitialized(rows.count)
    _ = odd.resetUninitialized(rows.count)
    lengths.removeAll(keepingCapacity: true)
    let ids = rows.ids
    for (leaf, depth) in forest.leafDepths.enumerated() {
      let keys = buffer(depth)
      for row in rows.starts[leaf]..<rows.starts[leaf + 1] {
        keys[row] = UInt64(UInt32(bitPattern: ids[row])) << 32 | UInt64(row)
      }
      lengths.append(rows.starts[leaf + 1] - rows.starts[leaf])
    }
    guard let values = rows.values.baseAddress else { return }
    for addition in forest.additions {
      let children = buffer(addition.depth + 1)
      let left = rows.starts[addition.left]
      lengths[addition.left] = RowMerge.join(
        UnsafeBufferPointer(start: children + left, count: lengths[addition.left]),
        UnsafeBufferPointer(
          start: children + rows.starts[addition.right], count: lengths[addition.right]),
        into: buffer(addition.depth) + left, values, width: rows.width)
    }
  }

  /// The list of keys at a root of the forest that was joined last.
  func list(of root: (slot: Int, depth: Int), in rows: SparseRows) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: buffer(root.depth) + rows.starts[root.slot], count: lengths[root.slot])
  }

  /// Copies the list at a root, with its values, to the end of `target`.
  func collect(_ root: (slot: Int, depth: Int), in rows: SparseRows, into target: SparseRows) {
    let list = list(of: root, in: rows)
    let place = target.appendUninitialized(list.count)
    RowMerge.collect(list, from: rows, place.ids, place.values)
  }

  /// Copies the rows that `keys` name to `ids` and `values`.
  static func collect(
    _ keys: UnsafeBufferPointer<UInt64>, from rows: SparseRows,
    _ ids: UnsafeMutableBufferPointer<Int32>, _ values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(ids.count == keys.count && values.count == keys.count * rows.width)
    guard let source = rows.values.baseAddress, let target = values.baseAddress,
      let ids = ids.baseAddress
    else { return }
    let width = rows.width
    for (position, key) in keys.enumerated() {
      ids[position] = Int32(truncatingIfNeeded: key >> 32)
      let from = source + Int(truncatingIfNeeded: key & 0xFFFF_FFFF) * width
      let to = target + position * width
      for column in 0..<width { to[column] = from[column] }
    }
  }

  private static func join(
    _ left: UnsafeBufferPointer<UInt64>, _ right: UnsafeBufferPointer<UInt64>,
    into result: UnsafeMutablePointer<UInt64>, _ values: UnsafeMutablePointer<Float>, width: Int
  ) -> Int {
    var i = 0
    var j = 0
    var count = 0
    while i < left.count && j < right.count {
      let a = left[i]
      let b = right[j]
      let idA = a >> 32
      let idB = b >> 32
      result[count] = idB < idA ? b : a
      count += 1
      if idA == idB {
        addVector(values + Int(b & 0xFFFF_FFFF) * width, to: values + Int(a & 0xFFFF_FFFF) * width, width)
      }
      i += idA <= idB ? 1 : 0
      j += idB <= idA ? 1 : 0
    }
    while i < left.count {
      result[count] = left[i]
      count += 1
      i += 1
    }
    while j < right.count {
      result[count] = right[j]
      count += 1
      j += 1
    }
    return count
  }

  private func buffer(_ depth: Int) -> UnsafeMutablePointer<UInt64> {
    depth.isMultiple(of: 2) ? even.pointer : odd.pointer
  }
}
