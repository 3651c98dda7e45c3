import IO
import Support

/// The values of a feature of lists, record by record.
struct ListRows: ~Copyable {
  private(set) var rows = GrowableBuffer<Int32>()
  /// Where each record's values end in `rows`.
  private var ends = GrowableBuffer<Int>()

  /// Adds `row` to the present record, unless it is there.
  @inline(__always)
  mutating func append(_ row: Int32) {
    let start = ends.count == 0 ? 0 : ends.pointer[ends.count - 1]
    for place in start..<rows.count where rows.pointer[place] == row { return }
    rows.append(row)
  }

  /// Ends the present record.
  @inline(__always)
  mutating func end() { ends.append(rows.count) }

  @inline(__always)
  private func range(_ record: Int) -> Range<Int> {
    if record < 0 { return 0..<0 }
    return (record == 0 ? 0 : ends.pointer[record - 1])..<ends.pointer[record]
  }

  /// About how many bytes a record has.
  var recordBytes: Int {
    MemoryLayout<Int>.stride + rows.count / max(ends.count, 1) * MemoryLayout<Int32>.stride
  }

  /// The column whose row r has the values of the row's record, none where it has none.
  func column(_ records: RecordRows) -> FeatureColumn {
    let offsets = Column<Int64>(uninitialized: records.count + 1)
    let bounds = offsets.values
    bounds[0] = 0
    records.forEach(bytesPerRow: 2 * MemoryLayout<Int>.stride) { row, record in
      bounds[row + 1] = bounds[row] + Int64(range(record).count)
    }
    let values = Column<Int32>(uninitialized: Int(bounds[records.count]))
    let target = values.values
    records.forEach(bytesPerRow: 2 * recordBytes) { row, record in
      var next = Int(bounds[row])
      for place in range(record) {
        target[next] = rows.pointer[place]
        next += 1
      }
    }
    return .lists(offsets: offsets, values: values)
  }

  /// Puts the records, which are the first rows of a log, into the order of its rows; the other rows have no values.
  mutating func arrange(_ order: RowOrder) throws(ImportError) {
    var newEnds = GrowableBuffer<Int>()
    let end = newEnds.appendUninitialized(order.count)
    try checkMemory()
    let known = ends.count
    order.forEach(bytesPerRow: 2 * MemoryLayout<Int>.stride) { row, place in
      end[place] = row < known ? range(row).count : 0
    }
    var total = 0
    for places in Pieces(order.count, bytesPerRow: MemoryLayout<Int>.stride) {
      for place in places {
        total += end[place]
        end[place] = total
      }
    }
    var newRows = GrowableBuffer<Int32>()
    let target = newRows.appendUninitialized(total)
    try checkMemory()
    order.forEach(bytesPerRow: 2 * recordBytes) { row, place in
      if row >= known { return }
      let source = range(row)
      (target + (end[place] - source.count)).update(
        from: rows.pointer + source.lowerBound, count: source.count)
    }
    ends = newEnds
    rows = newRows
  }
}

extension GrowableBuffer<Bytes> {
  /// Leaves the last `count` different elements that `isKept`, in their order. Of one given twice the last stands.
  mutating func keepLast(_ count: Int, where isKept: (Bytes) -> Bool) {
    let (all, total) = (pointer, self.count)
    // The kept ones gather at the end, where those before them have been looked at.
    var next = total
    for index in (0..<total).reversed() where total - next < count {
      let element = all[index]
      if (next..<total).contains(where: { all[$0].elementsEqual(element) }) || !isKept(element) { continue }
      next -= 1
      all[next] = element
    }
    removeFirst(next)
  }
}

/// A categorical feature with any number of values per record, of which each counts once.
final class ListCollector: FeatureCollector {
  let rule: FeatureRule
  let slots: [Int]
  /// Nil where a field holds one value.
  private let separator: [UInt8]?
  /// Of more different values the last so many are kept.
  private let kept: Int?
  private let vocabulary: VocabularyCollector
  private var lists = ListRows()
  private var elements = GrowableBuffer<Bytes>()

  init(
    _ rule: FeatureRule, slots: [Int], _ categorical: FeatureRule.Categorical,
    _ vocabulary: VocabularyCollector
  ) {
    self.rule = rule
    self.slots = slots
    separator = categorical.separator
    kept = categorical.kept
    self.vocabulary = vocabulary
  }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    elements.removeAll()
    for slot in slots { gather(reader, slot) }
    add(reader)
  }

  func take(_ reader: RecordReader, from slot: Int?) {
    elements.removeAll()
    if let slot { gather(reader, slot) }
    add(reader)
  }

  private func gather(_ reader: RecordReader, _ slot: Int) {
    if let separator {
      reader.elements(slot, separator, into: &elements)
    } else if let value = reader.text(slot) {
      elements.append(value)
    } else if reader.count(slot) > 1 {
      reader.lines.lose(.severalValues(field: rule.name, count: reader.count(slot)))
    }
  }

  private func add(_ reader: RecordReader) {
    if let kept {
      elements.keepLast(kept) { element in
        do throws(MalformedLine) {
          try vocabulary.check(element, rule.name)
          return true
        } catch {
          reader.lines.lose(error)
          return false
        }
      }
    }
    for index in 0..<elements.count {
      do throws(MalformedLine) {
        lists.append(try vocabulary.row(of: elements.pointer[index], rule.name))
      } catch {
        reader.lines.lose(error)
      }
    }
    lists.end()
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] { parts.map { lists.column($0) } }

  var recordBytes: Int { lists.recordBytes }

  func arrange(_ order: RowOrder) throws(ImportError) { try lists.arrange(order) }
}

/// A categorical feature whose values are the names of those columns that say 1.
final class FlagCollector: FeatureCollector {
  let rule: FeatureRule
  let slots: [Int]
  private let names: [[UInt8]]
  private let vocabulary: VocabularyCollector
  private var lists = ListRows()
  /// The vocabulary's row of each column; -1 where it has not been met.
  private var known: [Int32]

  init(_ rule: FeatureRule, slots: [Int], names: [String], _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slots = slots
    self.names = names.map { Array($0.utf8) }
    self.vocabulary = vocabulary
    known = Array(repeating: -1, count: names.count)
  }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    for index in slots.indices {
      do throws(MalformedLine) {
        guard let text = reader.text(slots[index]), try InteractionLog.label(text) == 1 else { continue }
        if known[index] < 0 {
          known[index] = try vocabulary.row(of: names[index], rule.name)
        }
        lists.append(known[index])
      } catch {
        reader.lines.lose(.notAFlag(field: reader.names[slots[index]]))
      }
    }
    lists.end()
  }

  func take(_ reader: RecordReader, from slot: Int?) { lists.end() }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] { parts.map { lists.column($0) } }

  var recordBytes: Int { lists.recordBytes }

  func arrange(_ order: RowOrder) throws(ImportError) { try lists.arrange(order) }
}
