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
  /// Where each list's names begin in `rows`.
  private var starts = GrowableBuffer<Int>()

  /// Takes a list, up to the longest path. A name that cannot be kept is told to `lost`.
  mutating func add(_ list: borrowing GrowableBuffer<Bytes>, lost: (MalformedLine) -> Void) {
    starts.append(rows.count)
    var taken = 0
    for index in 0..<list.count where taken < CategoryPaths.longest {
      let name = list.pointer[index]
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

  /// Calls `body` with the path of each list, in their order; returns how many names were cut off. The lists go.
  mutating func finish(_ body: (inout GrowableBuffer<Bytes>) -> Void) -> Int {
    let statistics = Statistics(self)
    var path = GrowableBuffer<Bytes>()
    var cut = 0
    for index in 0..<starts.count {
      let range = self.range(index)
      let length = statistics.map { $0.pathLength(range, self) } ?? range.count
      cut += range.count - length
      path.removeAll()
      for place in range.prefix(length) { path.append(names[Int(rows.pointer[place])]) }
      body(&path)
    }
    rows = GrowableBuffer()
    starts = GrowableBuffer()
    return cut
  }

  private func range(_ index: Int) -> Range<Int> {
    starts.pointer[index]..<(index + 1 < starts.count ? starts.pointer[index + 1] : rows.count)
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
      guard paths.starts.count >= CategoryPaths.fewest else { return nil }
      for index in 0..<paths.starts.count {
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
      for index in 0..<paths.starts.count {
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
