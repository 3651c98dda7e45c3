import IO
import Support

/// Reading the files of users and items.
extension TableImport {
  /// Reads the rows of the users or items that the logs have, if they have a file: the record of each, -1 where there is
  /// none.
  /// - Parameter first: what rows of logs say of them, which counts where the file has no row.
  mutating func read(
    _ entities: Schema.Entities?, _ owner: FeatureOwner, _ columns: ColumnSet, after first: FirstRows
  ) throws(ImportError) -> Column<Int32> {
    let all = owner == .users ? log.users.count : log.items.count
    let records = Column<Int32>(repeatElement(-1, count: all))
    for (row, record) in first.records.enumerated() { records.values[row] = record }
    guard let entities, let file = entities.file else { return records }
    let reader = try RecordReader(
      file, entities.form, columns, malformed: schema.malformed, progress)
    let collectors = features.readers(owner)
    let name = owner == .users ? "user" : "item"
    let start = first.count
    var (others, repeated, count) = (LineTally(), LineTally(), start)
    try reader.readAll { () throws(MalformedLine) in
      let id = try reader.required(0).trimmed
      guard let row = owner == .users ? log.users.find(id) : log.items.find(id) else {
        others.add(at: reader.lines.number)
        return
      }
      // The first row counts, as catalogues list some products twice.
      if records[Int(row)] >= start {
        repeated.add(at: reader.lines.number)
        return
      }
      records.values[Int(row)] = count
      count += 1
      for collector in collectors { collector.take(reader, at: 0) }
    }
    for collector in collectors { collector.finish(&reader.lines.account) }
    reader.lines.leaveOut("the \(name) is not in the log", others)
    reader.lines.leaveOut("the \(name) is listed a second time", repeated)
    account.add(reader.lines, &provenance)
    return records
  }
}
