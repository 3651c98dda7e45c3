import IO
import Support

/// Reads the rows of a `KnownTable`.
struct KnownTableRows: ~Copyable {
  var users = IdentifierTable(field: "user")
  var items = IdentifierTable(field: "item")
  private(set) var user = GrowableBuffer<Int32>()
  private(set) var item = GrowableBuffer<Int32>()
  private(set) var time = GrowableBuffer<Int64>()
  /// Nanoseconds after each time; empty while all are whole seconds.
  private(set) var fraction = GrowableBuffer<Int32>()
  private(set) var label = GrowableBuffer<UInt8>()
  private(set) var drawn = GrowableBuffer<UInt8>()
  private(set) var count = 0
  /// What is read.
  let table: OpenTable
  private let onlyUser: [UInt8]?

  init(_ table: OpenTable, only user: String?) {
    self.table = table
    onlyUser = user.map { Array($0.utf8) }
  }

  mutating func read() throws(ImportError) {
    let collectors = FeatureOwner.allCases.flatMap { table.features.readers($0) }
    let (slots, reader) = (table.slots, table.reader)
    var times = table.times
    var ofOthers = LineTally()
    var holding = [Int](repeating: 0, count: table.unused.count)
    try reader.readAll { () throws(MalformedLine) in
      // Nothing is kept of a row before all of it is known to be right.
      var (user, item): (Bytes?, Bytes?) = (nil, nil)
      if let slot = slots.user { user = try reader.required(slot).trimmed }
      if let onlyUser, let one = user {
        guard one.elementsEqual(onlyUser) else { return ofOthers.add(at: reader.lines.number) }
        user = nil
      }
      if let slot = slots.item { item = try reader.required(slot).trimmed }
      if let user, users.find(user) == nil { try users.check(user) }
      if let item, items.find(item) == nil { try items.check(item) }
      var moment: Int64 = 0
      if let slot = slots.time { moment = try times.seconds(reader.required(slot)) }
      var label: UInt8 = 0
      if let slot = slots.label { label = try InteractionLog.label(reader.required(slot)) }
      var isDrawn: UInt8 = 0
      if let slot = slots.drawn, let text = reader.text(slot) { isDrawn = try InteractionLog.label(text) }
      if let user { self.user.append(users.insert(user)) }
      if let item { self.item.append(items.insert(item)) }
      if slots.time != nil { append(moment, times.nanoseconds) }
      if slots.label != nil { self.label.append(label) }
      if slots.drawn != nil { drawn.append(isDrawn) }
      for collector in collectors { collector.take(reader, at: moment) }
      if let onlyUser {
        for (index, column) in table.unused.enumerated()
        where reader.text(column.slot)?.elementsEqual(onlyUser) ?? false { holding[index] += 1 }
      }
      count += 1
    }
    for collector in collectors { collector.finish(&reader.lines.account) }
    if let guess = times.guess { reader.lines.account.guesses.append(guess) }
    if times.early > 0, let unit = times.unit {
      let warning = ImportWarning.mixedTimes(
        times.early, unit: unit.name, isGiven: times.isGiven,
        mend: "give another --time-unit, or correct the file")
      reader.lines.account.guesses.append("\(warning)")
    }
    reader.lines.leaveOut("of another user", ofOthers)
    tell(holding)
    guard count > 0 else {
      guard let onlyUser, ofOthers.count > 0 else { throw .noInteractions(file: reader.lines.path) }
      throw .noRowsOfUser(
        file: reader.lines.path, user: String(decoding: onlyUser, as: UTF8.self), rows: ofOthers.count,
        column: slots.user.map { reader.names[$0] } ?? "")
    }
  }

  private mutating func append(_ moment: Int64, _ nanoseconds: Int32) {
    time.append(moment)
    if nanoseconds == 0 && fraction.count == 0 { return }
    fraction.append(repeating: 0, count: time.count - 1 - fraction.count)
    fraction.append(nanoseconds)
  }

  /// Says which columns that are not used name the user that the table is about, and in how many rows.
  private func tell(_ holding: [Int]) {
    let account = table.reader.lines.account
    let names = Set(table.unused.map(\.name))
    table.reader.lines.account.usedColumns = account.usedColumns.filter { !names.contains($0) }
    table.reader.lines.account.unusedColumns += account.usedColumns.filter { names.contains($0) }
    guard let onlyUser else { return }
    let user = quoted(String(decoding: onlyUser, as: UTF8.self))
    for (column, rows) in zip(table.unused, holding) where rows > 0 {
      table.reader.lines.account.guesses.append(
        "all rows are of \(user), though the column \(quoted(column.name)) has that user in \(rows) of "
          + "\(counted(count, "row")): --user-column leaves out the others")
    }
  }

  /// The columns of the features of `owners`, missing where the table has none.
  func columns(_ features: Features, _ owners: [FeatureOwner]) -> [FeatureOwner: [FeatureColumn]] {
    let records = RecordRows(Column((0..<count).map(Int32.init)))
    var columns: [FeatureOwner: [FeatureColumn]] = [:]
    for owner in owners {
      let collected = table.features.readers(owner)
      columns[owner] = zip(features[owner], table.known.places[owner] ?? []).map { feature, place in
        guard let place else { return feature.missingColumn(count) }
        return collected[place].columns([records])[0].settingMissingToZero(width: feature.vectorWidth ?? 1)
      }
    }
    return columns
  }
}

extension FeatureColumn {
  /// The same with zeros for missing numbers, so that no row's vector depends on the rows that it was read with.
  fileprivate func settingMissingToZero(width: Int) -> FeatureColumn {
    guard case .numbers(let numbers, let missing?) = self else { return self }
    for row in 0..<missing.count where missing[row] != 0 {
      for index in row * width..<(row + 1) * width { numbers.values[index] = 0 }
    }
    return self
  }
}
