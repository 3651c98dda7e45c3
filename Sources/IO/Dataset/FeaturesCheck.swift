import HDF5
import Support

/// The check of a data set's features, which were read from a file or are about to be written there: their columns have
/// the lengths and values that they must have for one another and for the data set's other columns.
struct FeaturesCheck {
  private let features: Features
  private let file: String
  private let layout: DatasetLayout

  init(_ features: Features, file: String, _ layout: DatasetLayout) {
    self.features = features
    self.file = file
    self.layout = layout
  }

  /// Throws `HDF5Error.wrongShape`, `.invalidValue`, `.invalidName`, `.invalidAttribute`, `.missing`.
  func check(for dataset: Dataset) throws {
    for vocabulary in features.vocabularies { try check(vocabulary) }
    for owner in FeatureOwner.allCases {
      let rows =
        switch owner {
        case .users: [dataset.users.count]
        case .items: [dataset.items.count]
        case .samples: [dataset.train.count, dataset.test.count]
        case .events: [dataset.events.count]
        }
      for feature in features[owner] { try check(feature, owner, rows) }
    }
    try checkTables()
  }

  private func at(_ path: String) -> HDF5.Location {
    HDF5.Location(file: file, path: layout == .columns ? OlderColumns.paths[path] ?? path : path)
  }

  private func check(_ vocabulary: Vocabulary) throws {
    let path = Features.path(ofVocabulary: vocabulary.name)
    try check(name: vocabulary.name, path)
    try ColumnCheck(at(path + "/count")).length(vocabulary.counts, vocabulary.count)
    try ColumnCheck(at(path + "/count")).notNegative(vocabulary.counts)
    if case .hashed(let distinct) = vocabulary.content {
      try ColumnCheck(at(path + "/distinct")).notNegative(distinct)
    }
  }

  private func check(_ feature: Feature, _ owner: FeatureOwner, _ rows: [Int]) throws {
    let path = Features.path(owner, feature.name)
    try check(name: feature.name, path)
    for (part, (column, rows)) in zip(owner.parts, zip(feature.columns, rows)) {
      let place = part.isEmpty ? path : path + "/" + part
      switch feature.kind {
      case .categorical(let name, _):
        guard let vocabulary = features.vocabulary(name) else {
          throw HDF5Error.missing(at(Features.path(ofVocabulary: name)), what: "vocabulary of \(path)")
        }
        try check(column, vocabulary, rows, place)
      case .numeric: try check(column, width: nil, rows, place)
      case .vector(let width): try check(column, width: width, rows, place)
      }
    }
  }

  private func check(_ column: FeatureColumn, _ vocabulary: Vocabulary, _ rows: Int, _ path: String) throws {
    let table = at(Features.path(ofVocabulary: vocabulary.name)).path
    switch column {
    case .values(let values):
      try ColumnCheck(at(path + "/values")).length(values, rows)
      // Actions in a column of their own are never missing.
      if layout == .columns {
        try ColumnCheck(at(path + "/values")).ids(values, below: vocabulary.count, of: table)
      } else {
        try ColumnCheck(at(path + "/values")).idsOrMissing(values, below: vocabulary.count, of: table)
      }
    case .lists(let offsets, let values):
      try ColumnCheck(at(path + "/offsets")).offsets(offsets, rows, into: values.count)
      try ColumnCheck(at(path + "/values")).ids(values, below: vocabulary.count, of: table)
    case .numbers:
      throw HDF5Error.wrongType(at(path + "/values"), expected: "rows of a vocabulary", found: "numbers")
    }
  }

  /// - Parameter width: numbers per row of a vector; nil for a column of single numbers.
  private func check(_ column: FeatureColumn, width: Int?, _ rows: Int, _ path: String) throws {
    guard case .numbers(let numbers, let missing) = column else {
      throw HDF5Error.wrongType(at(path + "/values"), expected: "numbers", found: "rows of a vocabulary")
    }
    guard numbers.count == rows * (width ?? 1) else {
      let found = width.map { ["\(numbers.count / max($0, 1))", "\($0)"] } ?? ["\(numbers.count)"]
      throw HDF5Error.wrongShape(at(path + "/values"), expected: "\(rows) rows", found: found)
    }
    try ColumnCheck(at(path + "/values")).finite(numbers, width: max(width ?? 1, 1))
    guard let missing else { return }
    try ColumnCheck(at(path + "/missing")).length(missing, rows)
    try ColumnCheck(at(path + "/missing")).bits(missing)
  }

  /// Features of one table have one vocabulary: a row of the table stands for one value.
  private func checkTables() throws {
    var vocabularies: [String: String] = [:]
    for (owner, feature) in features.byPath {
      guard let (vocabulary, table) = feature.categorical else { continue }
      let path = Features.path(owner, feature.name)
      try check(name: table, path)
      if let other = vocabularies[table], other != vocabulary {
        throw HDF5Error.invalidAttribute(
          at(path), name: "table", value: table, allowed: "a table of one vocabulary; this one is of \(other)"
        )
      }
      vocabularies[table] = vocabulary
    }
  }

  /// Names become names of groups, of tables in checkpoints, and words in a job.
  private func check(name: String, _ path: String) throws {
    guard Features.isName(name) else { throw HDF5Error.invalidName(at(path), name: name) }
  }
}

extension Features {
  /// Bytes of the name of a feature, a vocabulary or a table.
  package static let nameBytes = 64

  /// Whether `name` can be the name of a feature, a vocabulary or a table: letters, digits, `_` and `-`, at most
  /// `nameBytes` bytes.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= nameBytes
      && name.unicodeScalars.allSatisfy {
        $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
      }
  }
}

extension ColumnCheck {
  /// Rows of a table of `bound` rows, or -1.
  fileprivate func idsOrMissing(
    _ column: Column<Int32>, below bound: Int, of table: String
  ) throws(HDF5Error) {
    let ids = column.pointer
    var (least, largest) = (Int32(0), Int32(-1))
    for rows in Pieces(column.count, bytesPerRow: 4) {
      for row in rows {
        least = min(least, ids[row])
        largest = max(largest, ids[row])
      }
    }
    if least >= -1 && Int(largest) < bound { return }
    for row in 0..<column.count where ids[row] < -1 || Int(ids[row]) >= bound {
      throw invalid(row, ids[row], "\(table) has \(bound) rows, counted from 0; -1 where missing")
    }
  }

  fileprivate func notNegative(_ column: Column<Int64>) throws(HDF5Error) {
    for row in 0..<column.count where column[row] < 0 {
      throw invalid(row, column[row], "counts are 0 or more")
    }
  }
}
