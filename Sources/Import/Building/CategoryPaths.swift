import Support

/// Lists of category names in which each item's path may be followed by the product's bullet points, as in
/// Amazon's metadata of 2018 (clothing, fashion): held until all are read, and then cut to the paths.
///
/// A list is cut at the first name that is a bullet point rather than a category:
/// - one that no other item has after the same names;
/// - one that stands after many different names (`Imported`), more than one in ten of its items;
/// - one that stands after names of a single item in more than one in a hundred of its items;
/// - one that is too long for a name, or a sentence.
/// Lists are cut only where more than half of all names belong to one item, which no catalogue's do.
struct CategoryPaths: ~Copyable {
  /// No path has more names; what follows are bullet points.
  private static let longest = 12
  /// Fewer lists than this tell nothing.
  private static let fewest = 10

  private var names = IdentifierTable(field: "category")
  private var rows = GrowableBuffer<Int32>()
  /// Per list: its item, and where its names begin in `rows`.
  private var lists: [(item: Int32, start: Int)] = []
  private var known: [Bool]
  /// Names that were cut off.
  private(set) var cut = 0

  init(items: Int) { known = Array(repeating: false, count: items) }

  func has(_ item: Int32) -> Bool { known[Int(item)] }

  /// Takes the list of `item`, up to a name that cannot be kept, which is told to `lost`.
  mutating func add(_ item: Int32, _ list: [Bytes], lost: (MalformedLine) -> Void) {
    known[Int(item)] = true
    lists.append((item, rows.count))
    var taken = 0
    for name in list.lazy.map(\.trimmed) where name.count > 0 && taken < CategoryPaths.longest {
      if names.find(name) == nil {
        do throws(MalformedLine) { try names.check(name) } catch {
          lost(error)
          continue
        }
      }
      rows.append(names.insert(name))
      taken += 1
    }
  }

  /// Sets the items' categories in `table`.
  /// - Parameter keepsAll: whether nothing is cut.
  mutating func finish(into table: inout CategoryTable, keepsAll: Bool) {
    let statistics = keepsAll ? nil : Statistics(self)
    var list: [Bytes] = []
    for index in lists.indices {
      let range = self.range(index)
      let length = statistics.map { $0.pathLength(range, self) } ?? range.count
      cut += range.count - length
      list.removeAll(keepingCapacity: true)
      for place in range.prefix(length) { list.append(names[Int(rows.pointer[place])]) }
      table.set(lists[index].item, list) { _ in }
    }
  }

  private func range(_ index: Int) -> Range<Int> {
    lists[index].start..<(index + 1 < lists.count ? lists[index + 1].start : rows.count)
  }

  /// How often names stand where.
  private struct Statistics {
    /// Items of each name, different prefixes before it, and items where a name of one item precedes it.
    private var items: [Int32]
    private var prefixes: [Int32]
    private var afterSingle: [Int32]
    /// How many lists begin with the names that lead to each key, and with its own.
    private var support: [UInt64: Int32] = [:]

    /// Nil where the lists look like paths alone.
    init?(_ paths: borrowing CategoryPaths) {
      let zeros = [Int32](repeating: 0, count: paths.names.count)
      (items, prefixes, afterSingle) = (zeros, zeros, zeros)
      guard paths.lists.count >= CategoryPaths.fewest else { return nil }
      for index in paths.lists.indices {
        var key = Statistics.root
        for place in paths.range(index) {
          let name = paths.rows.pointer[place]
          key = Statistics.key(key, name)
          items[Int(name)] += 1
          let count = support[key, default: 0]
          if count == 0 { prefixes[Int(name)] += 1 }
          support[key] = count + 1
        }
      }
      guard items.count(where: { $0 == 1 }) * 2 > items.count else { return nil }
      for index in paths.lists.indices {
        var isAfter = false
        for place in paths.range(index) {
          let name = Int(paths.rows.pointer[place])
          if isAfter { afterSingle[name] += 1 }
          if items[name] == 1 { isAfter = true }
        }
      }
    }

    func pathLength(_ range: Range<Int>, _ paths: borrowing CategoryPaths) -> Int {
      var key = Statistics.root
      for (length, place) in range.enumerated() {
        let row = paths.rows.pointer[place]
        key = Statistics.key(key, row)
        let name = Int(row)
        let isBullet =
          support[key, default: 0] < 2 || (prefixes[name] - 1) * 10 > items[name]
          || afterSingle[name] * 100 > items[name] || isSentence(paths.names[name])
        if isBullet { return length }
      }
      return range.count
    }

    private func isSentence(_ name: Bytes) -> Bool {
      guard let last = name.last else { return true }
      return name.count > 60 || last == UInt8(ascii: ".") || last == UInt8(ascii: "!")
        || name.contains(UInt8(ascii: "%")) || name.contains(UInt8(ascii: "<"))
    }

    private static let root: UInt64 = 0

    private static func key(_ prefix: UInt64, _ name: Int32) -> UInt64 {
      KeyedRandom.mix(prefix &+ 0x9E37_79B9_7F4A_7C15 &+ UInt64(UInt32(bitPattern: name)))
    }
  }
}
