import Support

/// Other ranks that read the files.
extension TableImport {
  /// Has them read those of the schema's files for which that is worth the while.
  func shareFiles() throws(ImportError) {
    guard let team = ReadingTeam.current else { return }
    var files: [SharedFile] = []
    func add(_ path: String, _ form: TableForm, _ columns: ColumnSet) {
      let isTold = form.format.map { $0 != .csv }
      if let file = SharedFile(path, holdsObjects: isTold, columns: columns.names, helpers: team.helpers) {
        files.append(file)
      }
    }
    for path in schema.log.files { add(path, schema.log.form, features.log) }
    if let history = schema.history {
      let columns = HistoryColumns(history).all
      for path in history.files { add(path, history.form, columns) }
    }
    for (entities, columns) in [(schema.users, features.users), (schema.items, features.items)] {
      if let entities, let path = entities.file { add(path, entities.form, columns) }
    }
    if !files.isEmpty {
      let helpers = min(team.helpers, files.reduce(0) { $0 + $1.parts.count })
      progress(
        .note(
          "\(counted(helpers, "other rank")) \(helpers == 1 ? "reads" : "read") \(counted(files.count, "file")) for "
            + "rank 0"))
    }
    try team.begin(files)
  }
}
