import IO
import Support

/// Reading the files of users and items.
extension TableImport {
  /// Reads the rows of the users or items that the logs have, if they have a file. A value that the file does not have
  /// stays that of the logs' rows. Returns how many neither describes; nil where there is no file.
  mutating func read(
    _ entities: Schema.Entities?, _ owner: FeatureOwner, _ columns: ColumnSet
  ) throws(ImportError) -> Int? {
    guard let entities, let file = entities.file else { return nil }
    let all = owner == .users ? log.users.count : log.items.count
    let reader = try RecordReader(
      file, text: sharedText(of: file), entities.form, columns, malformed: schema.malformed, progress)
    let collectors = features.readers(owner)
    let name = owner == .users ? "user" : "item"
    var first = takeFirstRows(owner)
    if first.isEmpty { first = FirstRows(collectors) }
    first.readOwnColumns()
    var (others, repeated) = (LineTally(), LineTally())
    var isListed = [Bool](repeating: false, count: all)
    try reader.readAll(beforeBlock: watch.look) { () throws(MalformedLine) in
      let field = try reader.required(0)
      let id = field.trimmed
      if id.count != field.count { account.trimmedIds += 1 }
      guard let row = owner == .users ? log.users.find(id) : log.items.find(id) else {
        others.add(at: reader.lines.number)
        return
      }
      // Catalogues list some products twice: a later row counts for what the first has not.
      let isUsed = first.take(row, reader, at: nil)
      if isListed[Int(row)] && !isUsed { repeated.add(at: reader.lines.number) }
      isListed[Int(row)] = true
    }
    for collector in collectors { collector.finish(&reader.lines.account) }
    reader.lines.leaveOut("the \(name) is not in the log", others)
    reader.lines.leaveOut("the \(name) is listed a second time", repeated)
    let without = (0..<all).count { !isListed[$0] && !first.describes($0) }
    if owner == .users { ofUsers = first } else { ofItems = first }
    accountContradictions(reader, areOwn: true)
    account.add(reader.lines, &provenance)
    return without
  }

  /// What rows said so far, which `self` has no more.
  private mutating func takeFirstRows(_ owner: FeatureOwner) -> FirstRows {
    var taken = FirstRows([])
    if owner == .users { swap(&taken, &ofUsers) } else { swap(&taken, &ofItems) }
    return taken
  }
}
