import IO
import Support

/// Gathers the values of one feature, record by record, and puts them in the order of the data set's rows at the end.
///
/// A value that cannot be kept is missing, and counted in the account of its file; its record stays.
protocol FeatureCollector: AnyObject {
  var rule: FeatureRule { get }

  /// Takes the value of the reader's present record.
  func take(_ reader: RecordReader, at timestamp: Int64)

  /// The column of each part of the owner's rows, whose row r holds the value of record `records[r]`, or none where that
  /// is -1. Columns of numbers say which are missing if any row of any part is without one.
  func columns(_ parts: [Column<Int32>]) -> [FeatureColumn]
}

/// A categorical feature with at most one value per record.
final class ValueCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let vocabulary: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()

  init(_ rule: FeatureRule, slot: Int, _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slot = slot
    self.vocabulary = vocabulary
  }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    var row: Int32 = -1
    do throws(MalformedLine) {
      if let value = reader.text(slot) {
        row = try vocabulary.row(of: value, rule.name)
      } else if reader.count(slot) > 1 {
        throw .severalValues(field: rule.name, count: reader.count(slot))
      }
    } catch {
      reader.lines.lose(error)
    }
    rows.append(row)
  }

  func columns(_ parts: [Column<Int32>]) -> [FeatureColumn] {
    parts.map { .values($0.gathered(rows.pointer, missing: -1)) }
  }
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

  func columns(_ parts: [Column<Int32>]) -> [FeatureColumn] {
    parts.map { .values($0.gathered(rows.pointer, missing: -1)) }
  }
}

/// A categorical feature with any number of values per record, of which each counts once.
final class ListCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let separator: [UInt8]
  private let vocabulary: VocabularyCollector
  private var rows = GrowableBuffer<Int32>()
  /// Where each record's values end in `rows`.
  private var ends = GrowableBuffer<Int>()
  private var elements = GrowableBuffer<Bytes>()

  init(_ rule: FeatureRule, slot: Int, separator: [UInt8], _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slot = slot
    self.separator = separator
    self.vocabulary = vocabulary
  }

  func take(_ reader: RecordReader, at timestamp: Int64) {
    let start = rows.count
    elements.removeAll()
    reader.elements(slot, separator, into: &elements)
    for index in 0..<elements.count {
      do throws(MalformedLine) {
        let row = try vocabulary.row(of: elements.pointer[index], rule.name)
        if !(start..<rows.count).contains(where: { rows.pointer[$0] == row }) { rows.append(row) }
      } catch {
        reader.lines.lose(error)
      }
    }
    ends.append(rows.count)
  }

  private func range(_ record: Int32) -> Range<Int> {
    if record < 0 { return 0..<0 }
    return (record == 0 ? 0 : ends.pointer[Int(record) - 1])..<ends.pointer[Int(record)]
  }

  func columns(_ parts: [Column<Int32>]) -> [FeatureColumn] { parts.map(column) }

  private func column(_ records: Column<Int32>) -> FeatureColumn {
    let offsets = Column<Int64>(uninitialized: records.count + 1)
    offsets.values[0] = 0
    for row in 0..<records.count { offsets.values[row + 1] = offsets[row] + Int64(range(records[row]).count) }
    let values = Column<Int32>(uninitialized: Int(offsets[records.count]))
    for row in 0..<records.count {
      var next = Int(offsets[row])
      for place in range(records[row]) {
        values.values[next] = rows.pointer[place]
        next += 1
      }
    }
    return .lists(offsets: offsets, values: values)
  }
}

extension Column<Int32> {
  /// `source[record]` for each record, `missing` where it is -1.
  func gathered<Value>(_ source: UnsafePointer<Value>, missing: Value) -> Column<Value> {
    let result = Column<Value>(uninitialized: count)
    for row in 0..<count { result.values[row] = self[row] < 0 ? missing : source[Int(self[row])] }
    return result
  }

  /// Whether a record is -1, or marked by a 1 in `missing`.
  func hasMissing(_ missing: UnsafePointer<UInt8>) -> Bool {
    values.contains { $0 < 0 || missing[Int($0)] != 0 }
  }
}
