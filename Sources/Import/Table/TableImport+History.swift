import IO
import Support

/// Reading what is history only: a column of the log that lists items, and a second log.
extension TableImport {
  /// Adds events after those of the log's rows.
  mutating func readHistories() throws(ImportError) {
    if let column = schema.log.history {
      let outcome = schema.hasActions ? Dataset.Action.click.rawValue : 1
      let (items, lost) = histories.append(to: &log, outcome: outcome)
      histories = ListedHistories()
      provenance.settings["listed_history_events"] = "\(items - lost)"
      account.files[account.files.count - 1].lose(
        "\(column.column) has an item that cannot be kept", count: lost, line: 0)
    }
    guard let history = schema.history else { return }
    for path in history.files { try readHistory(path, history) }
  }

  private mutating func readHistory(_ path: String, _ history: Schema.History) throws(ImportError) {
    var columns = HistoryColumns(history)
    let (user, moment) = (columns.all.slot(history.user), columns.all.slot(history.time.column))
    let action = history.action.map { (columns.all.slot($0.column), $0.column, ActionValues($0)) }
    var pattern = ItemPattern(history.item, &columns.all)
    let isDescribed = !history.itemFeatures.isEmpty
    if isDescribed {
      ofItems.read(
        from: features.readers(.items).map { collector in
          history.itemFeatures[collector.rule.name].map { columns.all.slot($0) }
        })
    }
    let reader = try RecordReader(
      path, text: sharedText(of: path), history.form, columns.all, malformed: schema.malformed, progress)
    var clock = LogClock(history.time, history.days)
    let before = log.count
    var (others, strangers) = (LineTally(), LineTally())
    try reader.readAll(beforeBlock: watch.look) { () throws(MalformedLine) in
      var outcome: UInt8 = 1
      if let (slot, name, values) = action {
        guard let code = try values.code(of: reader.required(slot), name) else {
          others.add(at: reader.lines.number)
          return
        }
        outcome = schema.hasActions || code == Dataset.Action.exposure.rawValue ? code : 1
      }
      guard let time = try clock.time(reader, moment) else { return }
      let name = try reader.id(user)
      if name.trimmed.count != name.count { account.trimmedIds += 1 }
      guard let row = log.users.find(name.trimmed) else {
        strangers.add(at: reader.lines.number)
        return
      }
      try pattern.read(reader)
      let item = try log.appendHistory(user: row, item: pattern.bytes, at: time, outcome: outcome)
      if isDescribed { ofItems.take(item, reader, at: time) }
    }
    try history.checkNames(of: reader)
    let names = history.action?.ignored.joined(separator: " or ") ?? ""
    reader.lines.leaveOut("\(history.action?.column ?? "") is \(names)", others)
    reader.lines.leaveOut("the user has no row in the log", strangers)
    let outside = clock.outside.count
    clock.account(reader.lines)
    accountContradictions(reader)
    account.add(clock.times, reader.lines, option: schema.words.timeUnit)
    account.add(reader.lines, &provenance)
    fileRows.append(FileRows(file: account.files.count - 1, rows: before..<log.count))
    provenance.add(outside, to: "history_rows_outside_days")
    provenance.add(others.count, to: "history_rows_left_out")
    provenance.add(strangers.count, to: "history_rows_of_other_users")
  }
}

extension Schema.History {
  /// Throws where a column looks as if it said what kind of event a row is, and is not used. Separated values have their
  /// names in the header, which is looked at before any log is read; JSON lines and pipes are known once they are read.
  func checkNames(of reader: RecordReader) throws(ImportError) {
    guard action == nil, !isAllPositive else { return }
    let roles = [user, time.column] + item.columns + itemFeatures.values
    if let name = LogColumns.label(among: reader.allNames.filter { !roles.contains($0) }) {
      throw .unstatedAction(file: reader.lines.path, column: name)
    }
  }
}

/// The columns of a second log that are read.
struct HistoryColumns {
  var all = ColumnSet()

  init(_ history: Schema.History) {
    let named = [history.user, history.time.column] + [history.action?.column].compactMap(\.self)
    for name in named + history.item.columns + history.itemFeatures.values.sorted() { _ = all.slot(name) }
  }
}

/// Identifiers that are made of columns.
private struct ItemPattern: ~Copyable {
  private enum Part {
    case text([UInt8])
    case slot(Int)
  }

  private let parts: [Part]
  private var buffer = GrowableBuffer<UInt8>()

  init(_ item: Schema.Item, _ columns: inout ColumnSet) {
    var parts: [Part] = []
    for part in item.parts {
      switch part {
      case .text(let text): parts.append(.text(text))
      case .column(let name): parts.append(.slot(columns.slot(name)))
      }
    }
    self.parts = parts
  }

  /// Makes the identifier of the reader's present record, in `bytes`.
  mutating func read(_ reader: RecordReader) throws(MalformedLine) {
    buffer.removeAll()
    for part in parts {
      switch part {
      case .text(let text): text.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
      case .slot(let slot): buffer.append(contentsOf: try reader.id(slot).trimmed)
      }
    }
  }

  var bytes: Bytes { Bytes(start: buffer.pointer, count: buffer.count) }
}
