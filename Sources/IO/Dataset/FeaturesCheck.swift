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

  /// Checks all of them. Throws as `checkOutline` and `checkValues` do.
  func check(for dataset: Dataset) throws {
    try checkOutline(for: dataset)
    try checkValues(of: DatasetRows(of: 0..<dataset.users.count, in: dataset))
  }

  /// Checks names, vocabularies, lengths, and the values of items' features. Throws `HDF5Error.wrongShape`, `.invalidValue`,
  /// `.invalidName`, `.invalidAttribute`, `.missing`.
  func checkOutline(for dataset: Dataset) throws {
    for vocabulary in features.vocabularies { try check(vocabulary) }
    for owner in FeatureOwner.allCases {
      let rows =
        switch owner {
        case .users: [dataset.users.count]
        case .items: [dataset.items.count]
        case .samples: [dataset.train.count, dataset.test.count]
        case .events: [dataset.events.count]
        }
      for feature in features[owner] {
        try checkLengths(feature, owner, rows)
        if owner == .items { try checkValues(feature, owner, [0..<rows[0]]) }
      }
    }
    try checkTables()
  }

  /// Checks the values of `rows`, of features that have passed `checkOutline`. Throws `HDF5Error.invalidValue`.
  func checkValues(of rows: DatasetRows) throws {
    for owner in FeatureOwner.allCases where owner != .items {
      for feature in features[owner] { try checkValues(feature, owner, rows[owner]) }
    }
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
      try ColumnCheck(at(path + "/distinct")).sum(distinct)
    }
  }

  /// Calls `body` with each column of `feature`, its place in the file and the one of `ranges` that is of it.
  private func forEachColumn<Range>(
    _ feature: Feature, _ owner: FeatureOwner, _ ranges: [Range],
    _ body: (FeatureColumn, String, Range) throws -> Void
  ) rethrows {
    let path = Features.path(owner, feature.name)
    for (part, (column, range)) in zip(owner.parts, zip(feature.columns, ranges)) {
      try body(column, part.isEmpty ? path : path + "/" + part, range)
    }
  }

  private func checkLengths(_ feature: Feature, _ owner: FeatureOwner, _ rows: [Int]) throws {
    let path = Features.path(owner, feature.name)
    try check(name: feature.name, path)
    if let (name, _) = feature.categorical, features.vocabulary(name) == nil {
      throw HDF5Error.missing(at(Features.path(ofVocabulary: name)), what: "vocabulary of \(path)")
    }
    try forEachColumn(feature, owner, rows) { column, path, rows in
      switch feature.kind {
      case .categorical: try checkLengths(column, rows, path)
      case .numeric: try checkLengths(column, width: nil, rows, path)
      case .vector(let width): try checkLengths(column, width: width, rows, path)
      }
    }
  }

  private func checkLengths(_ column: FeatureColumn, _ rows: Int, _ path: String) throws {
    switch column {
    case .values(let values): try ColumnCheck(at(path + "/values")).length(values, rows)
    case .lists(let offsets, _): try ColumnCheck(at(path + "/offsets")).length(offsets, rows + 1)
    case .numbers:
      throw HDF5Error.wrongType(at(path + "/values"), expected: "rows of a vocabulary", found: "numbers")
    }
  }

  private func checkValues(_ feature: Feature, _ owner: FeatureOwner, _ rows: [Range<Int>]) throws {
    let vocabulary = features.vocabulary(of: feature)
    try forEachColumn(feature, owner, rows) { column, path, rows in
      if let vocabulary { return try checkValues(column, vocabulary, rows, path) }
      guard case .numbers(let numbers, let missing) = column else { return }
      try ColumnCheck(at(path + "/values")).finite(
        numbers, rows: rows, width: max(feature.vectorWidth ?? 1, 1))
      if let missing { try ColumnCheck(at(path + "/missing")).bits(missing, rows: rows) }
    }
  }

  private func checkValues(
    _ column: FeatureColumn, _ vocabulary: Vocabulary, _ rows: Range<Int>, _ path: String
  ) throws {
    let table = at(Features.path(ofVocabulary: vocabulary.name)).path
    switch column {
    case .values(let values):
      // Actions in a column of their own are never missing.
      if layout == .columns {
        try ColumnCheck(at(path + "/values")).ids(values, rows: rows, below: vocabulary.count, of: table)
      } else {
        try ColumnCheck(at(path + "/values")).idsOrMissing(
          values, rows: rows, below: vocabulary.count, of: table)
      }
    case .lists(let offsets, let values):
      try ColumnCheck(at(path + "/offsets")).offsets(offsets, of: rows, into: values.count)
      try ColumnCheck(at(path + "/values")).ids(
        values, rows: Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound]), below: vocabulary.count,
        of: table)
    case .numbers: break
    }
  }

  /// - Parameter width: numbers per row of a vector; nil for a column of single numbers.
  private func checkLengths(_ column: FeatureColumn, width: Int?, _ rows: Int, _ path: String) throws {
    guard case .numbers(let numbers, let missing) = column else {
      throw HDF5Error.wrongType(at(path + "/values"), expected: "numbers", found: "rows of a vocabulary")
    }
    let (wanted, overflow) = rows.multipliedReportingOverflow(by: width ?? 1)
    guard !overflow, numbers.count == wanted else {
      let found = width.map { ["\(numbers.count / max($0, 1))", "\($0)"] } ?? ["\(numbers.count)"]
      throw HDF5Error.wrongShape(at(path + "/values"), expected: "\(rows) rows", found: found)
    }
    if let missing { try ColumnCheck(at(path + "/missing")).length(missing, rows) }
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
    _ column: Column<Int32>, rows range: Range<Int>, below bound: Int, of table: String
  ) throws(HDF5Error) {
    let ids = column.pointer
    var (least, largest) = (Int32(0), Int32(-1))
    for rows in Pieces(range, bytesPerRow: 4) {
      for row in rows {
        least = min(least, ids[row])
        largest = max(largest, ids[row])
      }
    }
    if least >= -1 && Int(largest) < bound { return }
    for row in range where ids[row] < -1 || Int(ids[row]) >= bound {
      throw invalid(row, ids[row], "\(table) has \(bound) rows, counted from 0; -1 where missing")
    }
  }

  /// Checks that 64 bits can count all of them.
  fileprivate func sum(_ column: Column<Int64>) throws(HDF5Error) {
    var all: Int64 = 0
    for row in 0..<column.count {
      let (sum, overflow) = all.addingReportingOverflow(column[row])
      if overflow { throw invalid(row, column[row], "more different values than 64 bits can count") }
      all = sum
    }
  }

  fileprivate func notNegative(_ column: Column<Int64>) throws(HDF5Error) {
    for row in 0..<column.count where column[row] < 0 {
      throw invalid(row, column[row], "counts are 0 or more")
    }
  }
}
