import IO
import Support

/// A vocabulary made of those of one name in several data sets: values are matched by their text, the first data set's
/// come first, each in its own order. Nothing is counted yet.
///
/// Hashed values are not kept in files: of each row, `distinct` is the largest of the data sets'.
struct JoinedVocabulary {
  let vocabulary: Vocabulary
  /// Of each data set: its values' rows here.
  let rows: [Column<Int32>]

  /// - Parameter vocabularies: of each data set.
  init(_ vocabularies: [Vocabulary]) {
    let first = vocabularies[0]
    guard case .values(_, _, let minimum) = first.content else {
      (vocabulary, rows) = JoinedVocabulary.hashed(vocabularies)
      return
    }
    var table = IdentifierTable(field: "value")
    var rows: [Column<Int32>] = []
    for vocabulary in vocabularies {
      let places = Column<Int32>(uninitialized: vocabulary.count)
      if let values = vocabulary.values {
        for row in 0..<values.count {
          places.values[row] = table.insert(values.bytes(ofRow: row))
        }
      }
      rows.append(places)
    }
    self.rows = rows
    vocabulary = Vocabulary(
      first.name, .values(table.column(), known: table.count, minimumCount: minimum),
      counts: Column(repeatElement(0, count: table.count)))
  }

  private static func hashed(_ vocabularies: [Vocabulary]) -> (Vocabulary, rows: [Column<Int32>]) {
    let count = vocabularies[0].count
    let distinct = Column<Int64>(repeatElement(0, count: count))
    for case .hashed(let other) in vocabularies.map(\.content) {
      for row in 0..<count { distinct.values[row] = max(distinct[row], other[row]) }
    }
    let same = Column((0..<count).lazy.map { Int32($0) })
    return (
      Vocabulary(
        vocabularies[0].name, .hashed(distinct: distinct), counts: Column(repeatElement(0, count: count))),
      vocabularies.map { _ in same }
    )
  }
}
