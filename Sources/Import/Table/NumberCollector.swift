import IO
import Support

/// A number per record.
final class NumberCollector: FeatureCollector {
  let rule: FeatureRule
  private let source: Source
  private var numbers = GrowableBuffer<Float>()
  private var missing = GrowableBuffer<UInt8>()

  enum Source {
    case slot(Int)
    case time(FeatureRule.TimePart, offset: Int64)
  }

  init(_ rule: FeatureRule, _ source: Source) {
    self.rule = rule
    self.source = source
  }

  var slots: [Int] { if case .slot(let slot) = source { [slot] } else { [] } }

  var vocabulary: VocabularyCollector? { nil }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    let numbers = numbers.appendUninitialized(records.count)
    let missing = missing.appendUninitialized(records.count)
    switch source {
    case .time(let part, let offset):
      for index in 0..<records.count {
        numbers[index] = Float(part.value(of: records[index].timestamp, offset: offset))
        missing[index] = 0
      }
    case .slot(let slot):
      let hasPoints = !reader.hasDecimalCommas
      for index in 0..<records.count {
        let place = records[index].place
        let text = reader.text(slot, at: place)
        if hasPoints, let number = text?.paddedShortDecimal {
          (numbers[index], missing[index]) = (Float(number), 0)
        } else {
          let number = self.number(text, reader, slot, at: place)
          (numbers[index], missing[index]) = (number ?? 0, number == nil ? 1 : 0)
        }
      }
    }
  }

  func take(_ reader: RecordReader, from slot: Int?) {
    let number = slot.flatMap { self.number(reader.text($0), reader, $0, at: reader.place) }
    numbers.append(number ?? 0)
    missing.append(number == nil ? 1 : 0)
  }

  @inline(never)
  private func number(_ text: Bytes?, _ reader: RecordReader, _ slot: Int, at place: Int) -> Float? {
    do throws(MalformedLine) {
      if let text { return try text.finiteFloat(rule.name, decimalComma: reader.hasDecimalCommas) }
      let count = reader.count(slot, at: place)
      if count > 1 { throw .severalValues(field: rule.name, count: count) }
    } catch {
      reader.lose(error, at: place)
    }
    return nil
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] {
    zip(parts, missing.columns(parts)).map { records, missing in
      .numbers(records.gathered(numbers.pointer, missing: 0), missing: missing)
    }
  }

  var recordBytes: Int { MemoryLayout<Float>.stride + 1 }

  func arrange(_ order: RowOrder) throws(ImportError) {
    numbers = try order.arranged(numbers, missing: 0)
    missing = try order.arranged(missing, missing: 1)
  }
}

/// As many numbers per record as the width says, or none. Where there are none the mean of the others stands in.
final class VectorCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let width: Int
  private let separator: [UInt8]
  private var numbers = GrowableBuffer<Float>()
  private var missing = GrowableBuffer<UInt8>()
  /// Of the vectors in the order in which they were read, once that is another.
  private var mean: [Float]?
  private var elements = GrowableBuffer<Bytes>()

  init(_ rule: FeatureRule, slot: Int, width: Int, separator: [UInt8]) {
    self.rule = rule
    self.slot = slot
    self.width = width
    self.separator = separator
  }

  var slots: [Int] { [slot] }

  var vocabulary: VocabularyCollector? { nil }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    for record in records { take(reader, slot, at: record.place) }
  }

  func take(_ reader: RecordReader, from slot: Int?) { take(reader, slot, at: reader.place) }

  private func take(_ reader: RecordReader, _ slot: Int?, at place: Int) {
    elements.removeAll()
    if let slot { reader.elements(slot, at: place, separator, into: &elements) }
    let start = numbers.appendUninitialized(width)
    start.update(repeating: 0, count: width)
    missing.append(1)
    if elements.count == 0 { return }
    do throws(MalformedLine) {
      if elements.count != width {
        throw .otherWidth(field: rule.name, found: elements.count, width: width)
      }
      for index in 0..<width {
        start[index] = try elements.pointer[index].finiteFloat(
          rule.name, decimalComma: reader.hasDecimalCommas)
      }
      missing.pointer[missing.count - 1] = 0
    } catch {
      reader.lose(error, at: place)
    }
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] {
    let vectors = vectors
    return zip(parts, missing.columns(parts)).map { records, missing in
      .numbers(vectors.gathered(records), missing: missing)
    }
  }

  /// The vectors of all records. What their mean is does not depend on the order that they are put in.
  private var vectors: MeanFilledVectors {
    if let mean {
      return MeanFilledVectors(numbers.pointer, stride: width, missing: missing.pointer, mean: mean)
    }
    return MeanFilledVectors(
      numbers.pointer, stride: width, width: width, missing: missing.pointer, count: missing.count)
  }

  var recordBytes: Int { MemoryLayout<Float>.stride * width + 1 }

  func arrange(_ order: RowOrder) throws(ImportError) {
    mean = vectors.mean
    numbers = try order.arranged(numbers, width: width, missing: 0)
    missing = try order.arranged(missing, missing: 1)
  }
}

extension GrowableBuffer<UInt8> {
  /// By part which rows have no number, where these say it of each record; nil in all where every row has one.
  fileprivate func columns(_ parts: [RecordRows]) -> [Column<UInt8>?] {
    var missing: UInt8 = 0
    for records in parts {
      records.forEach(bytesPerRow: 1) { _, record in missing |= record < 0 ? 1 : pointer[record] }
    }
    let isAnyMissing = missing != 0
    return parts.map { isAnyMissing ? $0.gathered(pointer, missing: 1) : nil }
  }
}
