import IO
import Support

/// A categorical feature whose values are the names of those columns that say 1.
final class FlagCollector: FeatureCollector {
  let rule: FeatureRule
  let slots: [Int]
  private let names: [[UInt8]]
  private let values: VocabularyCollector
  private var lists = ListRows()
  /// The vocabulary's row of each column; -1 where it has not been met.
  private var known: [Int32]

  init(_ rule: FeatureRule, slots: [Int], names: [String], _ vocabulary: VocabularyCollector) {
    self.rule = rule
    self.slots = slots
    self.names = names.map { Array($0.utf8) }
    values = vocabulary
    known = Array(repeating: -1, count: names.count)
  }

  var vocabulary: VocabularyCollector? { values }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    for record in records {
      for index in slots.indices { take(reader, index, at: record.place) }
      lists.end()
    }
  }

  private func take(_ reader: RecordReader, _ index: Int, at place: Int) {
    do throws(MalformedLine) {
      guard let text = reader.text(slots[index], at: place), try InteractionLog.label(text) == 1 else {
        return
      }
      if known[index] < 0 { known[index] = try values.row(of: names[index], rule.name) }
      lists.append(known[index])
    } catch {
      reader.lose(.notAFlag(field: reader.names[slots[index]]), at: place)
    }
  }

  func take(_ reader: RecordReader, from slot: Int?) { lists.end() }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] { parts.map { lists.column($0) } }

  var recordBytes: Int { lists.recordBytes }

  func arrange(_ order: RowOrder) throws(ImportError) { try lists.arrange(order) }
}
