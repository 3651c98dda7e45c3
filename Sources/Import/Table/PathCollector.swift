import IO
import Support

/// A categorical feature whose values are a path that bullet points may follow: held until all records are read, and
/// then cut to the paths (`CategoryPaths`).
final class PathCollector: FeatureCollector {
  let rule: FeatureRule
  private let slot: Int
  private let separator: [UInt8]
  private let kept: Int?
  private let values: VocabularyCollector
  private var paths = CategoryPaths()
  private var lists = ListRows()
  private var elements = GrowableBuffer<Bytes>()

  init(
    _ rule: FeatureRule, slot: Int, _ categorical: FeatureRule.Categorical, _ vocabulary: VocabularyCollector
  ) {
    self.rule = rule
    self.slot = slot
    separator = categorical.separator ?? []
    kept = categorical.kept
    values = vocabulary
  }

  var slots: [Int] { [slot] }

  var vocabulary: VocabularyCollector? { values }

  func take(_ reader: RecordReader, _ records: TakenRecords) {
    for record in records { take(reader, slot, at: record.place) }
  }

  func take(_ reader: RecordReader, from slot: Int?) { take(reader, slot, at: reader.place) }

  private func take(_ reader: RecordReader, _ slot: Int?, at place: Int) {
    elements.removeAll()
    if let slot { reader.elements(slot, at: place, separator, into: &elements) }
    paths.add(elements) { reader.lose($0.renamed(rule.name), at: place) }
  }

  func finish(_ account: inout RowAccount) {
    let cut = paths.finish { path in
      // Names that cannot be kept did not come so far.
      if let kept { path.keepLast(kept) { _ in true } }
      for index in 0..<path.count {
        if let row = try? values.row(of: path.pointer[index], rule.name) { lists.append(row) }
      }
      lists.end()
    }
    if cut > 0 {
      account.guesses.append(
        "\(rule.name) is a path followed by bullet points: \(cut) names after the paths are left out "
          + "(path: false in a schema, or --keep-bullets, keeps them)")
    }
  }

  func columns(_ parts: [RecordRows]) -> [FeatureColumn] { parts.map { lists.column($0) } }

  var recordBytes: Int { lists.recordBytes }

  func arrange(_ order: RowOrder) throws(ImportError) { try lists.arrange(order) }
}
