import Support

/// Joins sorted lists of rows along a part of the shard tree.
///
/// A row is a key: its number in the table in the upper half, the place of its values in the lower, in elements from a
/// common start. To join two lists moves keys only. Values are read only where a row is in both lists, and the sum
/// replaces the left one's. So a value is added exactly as often as the tree demands, and copied once, at the end.
final class RowMerge {
  /// A leaf of the tree: row numbers, ascending, and where their values begin.
  struct List {
    var ids: UnsafePointer<Int32>
    var count: Int
    var values: Int
  }

  private let width: Int
  private var values: UnsafeMutablePointer<Float>
  private var lists = GrowableBuffer<List>(capacity: 16)
  /// Where each leaf's list begins in the buffers.
  private var starts = GrowableBuffer<Int>(capacity: 16)
  /// The lists of one level of the tree lie in one of the buffers, by the level's parity, at the place of the
  /// node's first leaf, as in a merge sort. So a node's children are never where the node goes.
  private var even = GrowableBuffer<UInt64>(capacity: 64)
  private var odd = GrowableBuffer<UInt64>(capacity: 64)
  /// Length of the list that begins at each leaf.
  private var lengths = GrowableBuffer<Int>(capacity: 16)

  /// For rows of `width`.
  init(width: Int) {
    self.width = width
    values = UnsafeMutablePointer(bitPattern: MemoryLayout<Float>.alignment)!
  }

  /// Forgets all lists. The next ones' values are counted from `values`.
  func begin(_ values: UnsafeMutablePointer<Float>) {
    self.values = values
    lists.removeAll()
  }

  /// Adds the next leaf's list.
  func append(_ list: List) { lists.append(list) }

  /// Joins the lists, one per leaf of `forest`, and adds into their values. Afterwards `list` gives the lists at the
  /// forest's roots.
  func join(along forest: ShardTree.Forest) {
    precondition(lists.count == forest.leafDepths.count, "one list of rows per leaf")
    var total = 0
    starts.removeAll()
    lengths.removeAll()
    for leaf in 0..<lists.count {
      starts.append(total)
      lengths.append(lists.pointer[leaf].count)
      total += lists.pointer[leaf].count
    }
    _ = even.resetUninitialized(total)
    _ = odd.resetUninitialized(total)
    for leaf in 0..<lists.count {
      let list = lists.pointer[leaf]
      precondition(list.values + list.count * width <= Int(UInt32.max), "too many rows in one sum")
      let keys = buffer(forest.leafDepths[leaf]) + starts.pointer[leaf]
      for row in 0..<list.count {
        keys[row] = UInt64(UInt32(bitPattern: list.ids[row])) << 32 | UInt64(list.values + row * width)
      }
    }
    for addition in forest.additions {
      let children = buffer(addition.depth + 1)
      let (left, right) = (starts.pointer[addition.left], starts.pointer[addition.right])
      lengths.pointer[addition.left] = RowMerge.join(
        UnsafeBufferPointer(start: children + left, count: lengths.pointer[addition.left]),
        UnsafeBufferPointer(start: children + right, count: lengths.pointer[addition.right]),
        into: buffer(addition.depth) + left, values, width: width)
    }
  }

  /// The list of keys at a root of the forest that was joined last.
  func list(of root: (slot: Int, depth: Int)) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(
      start: buffer(root.depth) + starts.pointer[root.slot], count: lengths.pointer[root.slot])
  }

  /// Copies the rows that `keys` name to `ids` [keys] and `target` [keys, width].
  func collect(
    _ keys: UnsafeBufferPointer<UInt64>, _ ids: UnsafeMutablePointer<Int32>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let (width, source) = (width, UnsafePointer(values))
    for (position, key) in keys.enumerated() {
      ids[position] = Int32(truncatingIfNeeded: key >> 32)
      let from = source + Int(truncatingIfNeeded: key & 0xFFFF_FFFF)
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
      if idA == idB { addVector(values + Int(b & 0xFFFF_FFFF), to: values + Int(a & 0xFFFF_FFFF), width) }
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
