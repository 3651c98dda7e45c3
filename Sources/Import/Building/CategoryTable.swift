import Support

/// Which categories each item has, while the items' file is read.
struct CategoryTable: ~Copyable {
  private(set) var categories = IdentifierTable(field: "category")
  private let maximum: Int
  /// Per item: where its categories lie in `rows`; -1 while the item has not been seen.
  private var starts: [Int]
  private var counts: [Int32]
  private var rows = GrowableBuffer<Int32>()

  /// - Parameters:
  ///   - items: the items known so far; more may be set.
  ///   - maximum: categories kept per item; more would only be averaged away.
  init(items: Int, maximum: Int) {
    self.maximum = maximum
    starts = Array(repeating: -1, count: items)
    counts = Array(repeating: 0, count: items)
  }

  /// Makes room for all of `items`; those not set have no category.
  mutating func cover(items: Int) {
    guard items > starts.count else { return }
    let added = items - starts.count
    starts.append(contentsOf: repeatElement(-1, count: added))
    counts.append(contentsOf: repeatElement(0, count: added))
  }

  static func check(maximum: Int) throws(ImportError) {
    guard !(1...64).contains(maximum) else { return }
    throw .option(name: "categories per item", value: "\(maximum)", allowed: "from 1 to 64")
  }

  /// Whether `item` has been set already.
  func has(_ item: Int32) -> Bool { Int(item) < starts.count && starts[Int(item)] >= 0 }

  /// That `category` may be added.
  @inline(__always)
  func check(_ category: Bytes) throws(MalformedLine) {
    if categories.find(category) == nil { try categories.check(category) }
  }

  /// Gives `item` the one category `category`, which has passed `check`, unless it has been set already.
  /// Returns whether it now has that category alone.
  @inline(__always)
  mutating func set(_ item: Int32, ifNew category: Bytes) -> Bool {
    if has(item) {
      let index = starts[Int(item)]
      return counts[Int(item)] == 1 && rows.pointer[index] == categories.find(category)
    }
    cover(items: Int(item) + 1)
    starts[Int(item)] = rows.count
    counts[Int(item)] = 1
    rows.append(categories.insert(category))
    return true
  }

  /// Sets an item's categories: the last `maximum` different ones of `names`, in their order. Names run
  /// from general to special, so the leaf stays, and what goes are the roots that most items share. A name
  /// that cannot be kept is told to `lost`.
  mutating func set(_ item: Int32, _ names: [Bytes], lost: (MalformedLine) -> Void) {
    // Backwards, so that of a name given twice the last stands.
    var kept: [Bytes] = []
    for name in names.reversed() where kept.count < maximum {
      let name = name.trimmed
      if name.count == 0 || kept.contains(where: { $0.elementsEqual(name) }) { continue }
      do throws(MalformedLine) {
        try check(name)
        kept.append(name)
      } catch {
        lost(error)
      }
    }
    starts[Int(item)] = rows.count
    counts[Int(item)] = Int32(kept.count)
    for name in kept.reversed() { rows.append(categories.insert(name)) }
  }

  /// [items + 1] and the categories in the items' order.
  func columns() -> (offsets: Column<Int64>, categories: Column<Int32>) {
    let offsets = Column<Int64>(uninitialized: counts.count + 1)
    offsets.values[0] = 0
    for item in 0..<counts.count { offsets.values[item + 1] = offsets[item] + Int64(counts[item]) }
    let categories = Column<Int32>(uninitialized: Int(offsets[counts.count]))
    for item in 0..<counts.count {
      for index in 0..<Int(counts[item]) {
        categories.values[Int(offsets[item]) + index] = rows.pointer[starts[item] + index]
      }
    }
    return (offsets, categories)
  }
}

extension Bytes {
  /// Appends the parts of these bytes between `separator`s to `parts`.
  func split(at separator: UInt8, into parts: inout [Bytes]) {
    var start = 0
    for index in 0...count where index == count || self[index] == separator {
      parts.append(Bytes(rebasing: self[start..<index]))
      start = index + 1
    }
  }
}
