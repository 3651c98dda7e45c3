import IO
import Support

/// A categorical feature with any number of values per record, of which each counts once.
final class ListCollector: FeatureCollector {
  let rule: FeatureRule
  let slots: [Int]
  /// Nil where a field holds one value.
  private let separator: [UInt8]?
  /// Of more different values the last so many are kept.
  private let kept: Int?
  private let values: VocabularyCollector
  private var lists = ListRows()
  private var elements = GrowableBuffer<Bytes>()
  private var texts = GrowableBuffer<Bytes>()
  /// Lists of which no value was lost.
  private var known = KnownLists()

  init(
    _ rule: FeatureRule, slots: [Int], _ categorical: FeatureRule.Categorical,
    _ vocabulary: VocabularyCollector
  ) {
    self.rule = rule
    self.slots = slots
    separator = categorical.separator
    kept = categorical.kept
    values = vocabulary
  }

  var vocabulary: VocabularyCollector? { values }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    guard let slot = slots.first, slots.count == 1, reader.isCSV, separator != nil, !values.isGiven else {
      for record in records { take(reader, slots, at: record.place) }
      return
    }
    let texts = texts.resetUninitialized(records.count)
    reader.gather(slot, records, into: texts)
    let found = known.find(texts, count: records.count)
    for index in 0..<records.count {
      if found[index] >= 0 {
        lists.append(record: known[found[index]])
      } else if texts[index].baseAddress == nil {
        lists.end()
      } else {
        let before = reader.losses.count
        take(reader, slots, at: records[index].place)
        if reader.losses.count == before { known.insert(texts[index], lists.last) }
      }
    }
  }

  func take(_ reader: RecordReader, from slot: Int?) {
    take(reader, slot.map { [$0] } ?? [], at: reader.place)
  }

  private func take(_ reader: RecordReader, _ slots: [Int], at place: Int) {
    gather(reader, slots, at: place)
    append(reader, at: place)
  }

  private func gather(_ reader: RecordReader, _ slots: [Int], at place: Int) {
    elements.removeAll()
    for slot in slots { add(reader, slot, at: place) }
  }

  private func add(_ reader: RecordReader, _ slot: Int, at place: Int) {
    if let separator {
      reader.elements(slot, at: place, separator, into: &elements)
    } else if let value = reader.text(slot, at: place) {
      elements.append(value)
    } else if reader.count(slot, at: place) > 1 {
      reader.lose(.severalValues(field: rule.name, count: reader.count(slot, at: place)), at: place)
    }
  }

  /// Adds the elements as those of the record at `place`.
  private func append(_ reader: RecordReader, at place: Int) {
    if let kept {
      elements.keepLast(kept) { element in
        do throws(MalformedLine) {
          try values.check(element, rule.name)
          return true
        } catch {
          reader.lose(error, at: place)
          return false
        }
      }
    }
    for index in 0..<elements.count {
      do throws(MalformedLine) {
        lists.append(try values.row(of: elements.pointer[index], rule.name))
      } catch {
        reader.lose(error, at: place)
      }
    }
    lists.end()
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] { parts.map { lists.column($0) } }

  var recordBytes: Int { lists.recordBytes }

  func arrange(_ order: RowOrder) throws(ImportError) { try lists.arrange(order) }
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
