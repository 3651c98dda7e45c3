import Support

/// Other ranks that read the files.
extension TableImport {
  /// Has them read those of the schema's files for which that pays. `sharedText` then goes through the files in this order.
  func shareFiles() throws(ImportError) {
    guard let team = ReadingTeam.current else { return }
    var files: [SharedFile?] = []
    func add(_ path: String, _ form: TableForm, _ columns: ColumnSet) {
      let isTold = form.format.map { $0 != .csv }
      files.append(SharedFile(path, holdsObjects: isTold, columns: columns.names, helpers: team.helpers))
    }
    for path in schema.log.files { add(path, schema.log.form, features.log) }
    if let history = schema.history {
      let columns = HistoryColumns(history).all
      for path in history.files { add(path, history.form, columns) }
    }
    for (entities, columns) in [(schema.users, features.users), (schema.items, features.items)] {
      if let entities, let path = entities.file { add(path, entities.form, columns) }
    }
    let shared = files.compactMap(\.self)
    if !shared.isEmpty {
      let helpers = min(team.helpers, shared.reduce(0) { $0 + $1.parts.count })
      progress(
        .note(
          "\(counted(helpers, "other rank")) \(helpers == 1 ? "reads" : "read") \(counted(shared.count, "file")) for "
            + "rank 0"))
    }
    try team.begin(files)
  }

  /// The text of the next file, `path`, where other ranks read it.
  func sharedText(of path: String) throws(ImportError) -> (any TextSource)? {
    try ReadingTeam.current?.nextText(of: path)
  }
}
