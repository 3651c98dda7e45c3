import IO
import Support

/// Looking at what an import would do.
extension TableImport {
  /// Rows of the log that are looked at.
  private static let lookedRows = 10_000
  /// How many times its size on disk a gzip file of a log unpacks to, at most as a rule.
  private static let inflation = 5.0

  /// Checks `schema`, the headers of all files and the first rows of its log, and tells what the import would take. Throws
  /// what these make `run` throw.
  package static func look(_ schema: Schema) throws(ImportError) -> ImportOutlook {
    // They are read in part, and then by the import.
    for path in schema.files { try FileBytes.checkIsKept(path, mend: "leave --dry-run out") }
    var outlook = ImportOutlook()
    var (users, items) = (DistinctGrowth(), DistinctGrowth())
    for path in schema.log.files {
      // The first file tells how identifiers grow; of the others a header and a few rows are enough.
      if outlook.files.isEmpty {
        var half = try TableImport(schema) { _ in }
        _ = try half.checkedRule()
        _ = try half.lookAtLog(path, rows: lookedRows / 2)
        users.half = (half.log.count, half.log.users.count)
        items.half = (half.log.count, half.log.items.count)
      }
      var table = try TableImport(schema) { _ in }
      let (file, rows) = try table.lookAtLog(
        path, rows: outlook.files.isEmpty ? lookedRows : RecordReader.blockRows)
      if outlook.files.isEmpty {
        users.whole = (table.log.count, table.log.users.count)
        items.whole = (table.log.count, table.log.items.count)
        outlook.work = table.work
        outlook.featureBytes = (
          table.bytes(.samples) + table.bytes(.events), table.bytes(.users), table.bytes(.items)
        )
      }
      outlook.rows += rows
      outlook.files.append(file)
    }
    outlook.samples = outlook.rows * samplesPerRow(schema)
    try lookAtOthers(schema, &outlook)
    (outlook.users, outlook.items) = (
      users.distinct(among: outlook.rows), items.distinct(among: outlook.rows)
    )
    return outlook
  }

  /// Reads the first `limit` rows of a log, and tells how many interactions all of it may have.
  private mutating func lookAtLog(
    _ path: String, rows limit: Int
  ) throws(ImportError) -> (file: ImportOutlook.File, rows: Int) {
    rowLimit = limit
    try readLog(path)
    let file = ImportOutlook.File(
      path: path, bytes: try? FileStatus.sizeOfReadableFile(path), account: account.files[0])
    guard !head.isWhole, head.bytes > 0, let bytes = file.bytes else { return (file, log.count) }
    let all = Double(bytes) * (path.hasSuffix(".gz") ? TableImport.inflation : 1)
    return (file, max(log.count, Int(all * Double(log.count) / Double(head.bytes))))
  }

  /// Throws what is wrong with the headers of the further files, before a log is read that may be long.
  static func checkOthers(_ schema: Schema) throws(ImportError) {
    var outlook = ImportOutlook()
    try lookAtOthers(schema, &outlook)
  }

  /// Opens the further files, and finds their columns. A pipe is left to the one who reads it.
  private static func lookAtOthers(_ schema: Schema, _ outlook: inout ImportOutlook) throws(ImportError) {
    func add(_ path: String, _ account: RowAccount) {
      outlook.files.append(
        ImportOutlook.File(path: path, bytes: try? FileStatus.sizeOfReadableFile(path), account: account))
    }
    if let history = schema.history {
      let columns = HistoryColumns(history).all
      for path in history.files where FileBytes.isKept(path) {
        let reader = try RecordReader(path, history.form, columns, malformed: .skip) { _ in }
        try history.checkNames(of: reader)
        add(path, reader.lines.account)
        // A row of such a log has a user, an item, a time and an action.
        outlook.rows += ((try? FileStatus.sizeOfReadableFile(path)) ?? 0) / 30
      }
    }
    let features = FeatureSet(schema)
    for (entities, columns) in [(schema.users, features.users), (schema.items, features.items)] {
      guard let entities else { continue }
      if let file = entities.file, FileBytes.isKept(file) {
        add(file, try RecordReader(file, entities.form, columns, malformed: .skip) { _ in }.lines.account)
      }
      for case .vector(.long(let long)) in entities.features.map(\.kind) where FileBytes.isKept(long.file) {
        add(long.file, try GenomeReader(long).account(long.file))
      }
    }
  }

  private static func drawsNegatives(_ schema: Schema) -> Bool {
    schema.label == .none || schema.label == .unstated
  }

  /// A positive and its negatives, the mean of their range.
  private static func samplesPerRow(_ schema: Schema) -> Int {
    let ratios = schema.negatives.ratios
    return drawsNegatives(schema) ? 1 + (ratios.lowerBound + ratios.upperBound + 1) / 2 : 1
  }

  private var work: [String] {
    ["make a data set; labels: \(labels.text)"]
      + (TableImport.drawsNegatives(schema) ? ["draw negatives: \(schema.negatives.text)"] : [])
  }

  /// Of a row's features.
  private func bytes(_ owner: FeatureOwner) -> Int {
    features.readers(owner).reduce(0) { $0 + $1.recordBytes }
  }
}
