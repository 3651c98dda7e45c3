import IO
import Support

/// Gathers the values of one feature, record by record, and puts them in the order of the data set's rows at the end.
///
/// A value that cannot be kept is missing, and counted in the account of its file; its record stays.
protocol FeatureCollector: AnyObject {
  var rule: FeatureRule { get }
  /// The columns that it reads.
  var slots: [Int] { get }

  /// The values that it numbers; nil for numbers. What others number too has to be met record by record.
  var vocabulary: VocabularyCollector? { get }

  /// Takes the values of these records of the reader's block, in their order.
  func take(_ reader: RecordReader, _ records: TakenRecords)

  /// The column of each part of the owner's rows, with the values of these records. Columns of numbers say which are
  /// missing if any row of any part is without one.
  func columns(_ parts: [RecordRows]) -> [FeatureColumn]

  /// About how many bytes it keeps of a record.
  var recordBytes: Int { get }

  /// Puts the records, which are the first rows of a log, into the order of its rows; the other rows have no values.
  func arrange(_ order: RowOrder) throws(ImportError)

  /// Takes the value from column `slot` of another file's records in place of `slots`; none where it is nil.
  func take(_ reader: RecordReader, from slot: Int?)

  /// Takes notice that all records of a file have been read.
  func finish(_ account: inout RowAccount)
}

extension FeatureCollector {
  func finish(_ account: inout RowAccount) {}

  /// Takes the value of the reader's present record.
  func take(_ reader: RecordReader, at timestamp: Int64) {
    withUnsafePointer(to: TakenRecord(place: reader.place, timestamp: timestamp)) {
      take(reader, TakenRecords(start: $0, count: 1))
    }
  }
}

/// A categorical feature with at most one value per record.
final class ValueCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let values: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()
  private var texts = GrowableBuffer<Bytes>()

  init(_ rule: FeatureRule, slot: Int, _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slot = slot
    values = vocabulary
  }

  var slots: [Int] { [slot] }
  var vocabulary: VocabularyCollector? { values }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    let texts = texts.resetUninitialized(records.count)
    reader.gather(slot, records, into: texts)
    let rows = rows.appendUninitialized(records.count)
    values.find(texts, count: records.count, rows: rows)
    for index in 0..<records.count where rows[index] < 0 {
      rows[index] = row(texts[index], reader, slot, at: records[index].place)
    }
  }

  func take(_ reader: RecordReader, from slot: Int?) {
    let place = reader.place
    rows.append(
      slot.map { row(reader.text($0, at: place) ?? Bytes(start: nil, count: 0), reader, $0, at: place) } ?? -1
    )
  }

  /// The row of a text that has not been met, or where it has no address of no value.
  private func row(_ text: Bytes, _ reader: RecordReader, _ slot: Int, at place: Int) -> Int32 {
    do throws(MalformedLine) {
      if text.baseAddress != nil { return try values.row(of: text, rule.name) }
      let count = reader.count(slot, at: place)
      if count > 1 { throw .severalValues(field: rule.name, count: count) }
    } catch {
      reader.lose(error, at: place)
    }
    return -1
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] {
    parts.map { .values($0.gathered(rows.pointer, missing: -1)) }
  }

  var recordBytes: Int { MemoryLayout<Int32>.stride }

  func arrange(_ order: RowOrder) throws(ImportError) { rows = try order.arranged(rows, missing: -1) }
}

/// A part of each record's time as a category.
final class TimePartCollector: FeatureCollector {
  let rule: FeatureRule
  private let part: FeatureRule.TimePart
  private let offset: Int64
  private let values: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()
  /// The vocabulary's row of each part; -1 where it has not been met.
  private var known = [Int32](repeating: -1, count: 32)

  init(_ rule: FeatureRule, _ part: FeatureRule.TimePart, offset: Int64, _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.part = part
    self.offset = offset
    values = vocabulary
  }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    for record in records {
      let value = part.value(of: record.timestamp, offset: offset)
      if known[value] < 0 {
        let text = Array("\(value)".utf8)
        known[value] = text.withUnsafeBufferPointer { try? values.row(of: $0, rule.name) } ?? -1
      }
      rows.append(known[value])
    }
  }

  var slots: [Int] { [] }
  var vocabulary: VocabularyCollector? { values }

  func take(_ reader: RecordReader, from slot: Int?) { rows.append(-1) }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] {
    parts.map { .values($0.gathered(rows.pointer, missing: -1)) }
  }

  var recordBytes: Int { MemoryLayout<Int32>.stride }

  func arrange(_ order: RowOrder) throws(ImportError) { rows = try order.arranged(rows, missing: -1) }
}
