import IO
import Support

/// Gathers the values of one feature, record by record, and puts them in the order of the data set's rows at the end.
///
/// A value that cannot be kept is missing, and counted in the account of its file; its record stays.
protocol FeatureCollector: AnyObject {
  var rule: FeatureRule { get }
  /// The columns that it reads.
  var slots: [Int] { get }

  /// Looks up what the reader's block of records may say, and keeps nothing yet. Only to make `take` fast: called before
  /// every block that records are taken from, or never.
  func prepare(_ reader: RecordReader)

  /// Takes the value of the reader's present record.
  func take(_ reader: RecordReader, at timestamp: Int64)

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
  func prepare(_ reader: RecordReader) {}
}

/// A categorical feature with at most one value per record.
final class ValueCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let vocabulary: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()
  /// The vocabulary's rows of the block's values.
  private var known: KnownRows

  init(_ rule: FeatureRule, slot: Int, _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slot = slot
    self.vocabulary = vocabulary
    known = KnownRows(slot)
  }

  var slots: [Int] { [slot] }

  func prepare(_ reader: RecordReader) { vocabulary.find(&known, reader) }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    rows.append(value(reader, slot, known: known[reader.place]))
  }

  func take(_ reader: RecordReader, from slot: Int?) {
    rows.append(slot.map { value(reader, $0, known: nil) } ?? -1)
  }

  @inline(__always)
  private func value(_ reader: RecordReader, _ slot: Int, known: Int32?) -> Int32 {
    do throws(MalformedLine) {
      if let value = reader.text(slot) {
        if let known { return known }
        return try vocabulary.row(of: value, rule.name)
      } else if reader.count(slot) > 1 {
        throw .severalValues(field: rule.name, count: reader.count(slot))
      }
    } catch {
      reader.lines.lose(error)
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
  private let vocabulary: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()
  /// The vocabulary's row of each part; -1 where it has not been met.
  private var known = [Int32](repeating: -1, count: 32)

  init(_ rule: FeatureRule, _ part: FeatureRule.TimePart, offset: Int64, _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.part = part
    self.offset = offset
    self.vocabulary = vocabulary
  }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    let value = part.value(of: timestamp, offset: offset)
    if known[value] < 0 {
      let text = Array("\(value)".utf8)
      known[value] = text.withUnsafeBufferPointer { try? vocabulary.row(of: $0, rule.name) } ?? -1
    }
    rows.append(known[value])
  }

  var slots: [Int] { [] }

  func take(_ reader: RecordReader, from slot: Int?) { rows.append(-1) }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] {
    parts.map { .values($0.gathered(rows.pointer, missing: -1)) }
  }

  var recordBytes: Int { MemoryLayout<Int32>.stride }

  func arrange(_ order: RowOrder) throws(ImportError) { rows = try order.arranged(rows, missing: -1) }
}
