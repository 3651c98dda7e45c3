import IO
import Support

/// Reading the log.
extension TableImport {
  mutating func readLog(_ path: String) throws(ImportError) {
    let reader = try RecordReader(
      path, text: sharedText(of: path), schema.log.form, features.log, malformed: schema.malformed, progress)
    reader.lines.rowLimit = rowLimit
    reader.lines.account.guesses += schema.log.guesses
    var clock = LogClock(schema.log.time, schema.log.days)
    let collectors = features.readers(.samples) + features.readers(.events)
    let byRecord = features.sharing(collectors)
    let byBlock = collectors.indices.filter { !byRecord.contains($0) }
    let (user, item, moment) = (
      features.log.slot(schema.log.user), features.log.slot(schema.log.item),
      features.log.slot(schema.log.time.column)
    )
    let describes = !ofUsers.isEmpty || !ofItems.isEmpty
    let history = schema.log.history.map { (features.log.slot($0.column), $0.separator) }
    let holdsPages = schema.log.impressions != nil
    var taken = GrowableBuffer<TakenRecord>()
    var page = Page(schema.log.impressions ?? .init(separator: [], label: []))
    let before = log.count
    var knownUsers = KnownRows(user)
    var knownItems = KnownRows(item)
    try reader.readAll(
      beforeBlock: { () throws(ImportError) in
        try watch.look()
        taken.removeAll()
        if holdsPages { return }
        knownUsers.find(reader, in: log.users)
        knownItems.find(reader, in: log.items)
      },
      { () throws(MalformedLine) in
        guard let label = try labels.label(reader) else { return }
        guard let time = try clock.time(reader, moment) else { return }
        if holdsPages {
          try page.read(reader, item)
          try append(page, reader, user: reader.id(user), at: time, collectors)
        } else {
          let row = try log.append(
            user: reader.id(user), item: reader.id(item), at: time, outcome: label,
            known: (knownUsers[reader.place], knownItems[reader.place]))
          taken.append(TakenRecord(place: reader.place, timestamp: time.seconds))
          for index in byRecord {
            reader.turn = index
            collectors[index].take(reader, at: time.seconds)
          }
          reader.turn = collectors.count
          if describes { describe(reader, item: row, at: time) }
        }
        if let history { histories.take(log.lastUser, reader, history.0, history.1, at: time) }
      },
      afterBlock: {
        for index in byBlock where taken.count > 0 {
          reader.turn = index
          collectors[index].take(reader, TakenRecords(start: taken.pointer, count: taken.count))
        }
        reader.turn = 0
      })
    if schema.label == .unstated {
      // As a feature of histories, of users or of items it is used, as one of samples it would tell the label.
      let features = schema.features.filter { $0.owner != .samples }.flatMap(\.rule.columns)
      let roles = [schema.log.user, schema.log.item, schema.log.time.column] + features
      if let name = LogColumns.label(among: reader.allNames.filter { !roles.contains($0) }) {
        throw .unstatedLabel(file: path, column: name)
      }
    }
    reader.lines.leaveOut("not rated", labels.takeNotRated())
    try account(clock, reader, isAll: rowLimit == nil && log.count == before && schema.log.files.count == 1)
    accountContradictions(reader)
    account.add(clock.times, reader.lines, option: schema.words.timeUnit)
    account.add(reader.lines, &provenance)
    head = reader.lines.head
    fileRows.append(FileRows(file: account.files.count - 1, rows: before..<log.count))
  }

  /// Takes what the reader's present record says of the user and of `item`.
  @inline(never)
  private mutating func describe(_ reader: RecordReader, item: Int32, at time: LogTime) {
    if !ofUsers.isEmpty { ofUsers.take(log.lastUser, reader, at: time) }
    if !ofItems.isEmpty && schema.items?.file == nil { ofItems.take(item, reader, at: time) }
  }

  /// Adds a row's items. One that cannot be kept costs that item.
  private mutating func append(
    _ page: borrowing Page, _ reader: RecordReader, user: Bytes, at time: LogTime,
    _ collectors: [any FeatureCollector]
  ) throws(MalformedLine) {
    if log.users.find(user.trimmed) == nil { try log.users.check(user.trimmed) }
    var isKept = false
    for index in 0..<page.count {
      let (item, label) = page[index]
      do throws(MalformedLine) {
        let row = try log.append(user: user, item: item, at: time, outcome: label)
        isKept = true
        for collector in collectors { collector.take(reader, at: time.seconds) }
        describe(reader, item: row, at: time)
      } catch {
        if index == page.count - 1 && !isKept { throw error }
        reader.lose(error, at: reader.place)
      }
    }
  }

  /// Counts the rows outside the log's days, and refuses a log that has no others.
  private mutating func account(
    _ clock: LogClock, _ reader: RecordReader, isAll: Bool
  ) throws(ImportError) {
    var clock = clock
    if let days = schema.log.days {
      if isAll && clock.outside.count > 0 {
        throw .outsideDays(
          file: reader.lines.path, rows: clock.outside.count,
          days: "\(days.lowerBound) to \(days.upperBound)",
          unit: clock.likelyUnit?.rawValue)
      }
      provenance.add(clock.outside.count, to: "rows_outside_days")
    }
    clock.account(reader.lines)
  }

  /// - Parameter areOwn: whether the rows are those of a file of users or items, which have no times.
  mutating func accountContradictions(_ reader: RecordReader, areOwn: Bool = false) {
    for (tally, owner) in [
      (ofUsers.takeContradictions(), "user"), (ofItems.takeContradictions(), "item"),
    ] {
      reader.lines.account.lose(
        areOwn
          ? "something else of the \(owner) than in the first row with a value, which stands"
          : "something else of the \(owner) than in the first row in time with a value, which stands",
        count: tally.count, line: tally.line)
    }
  }
}

/// The items of a row that holds several, each with its label: `N55689-1 N35729-0`.
struct Page: ~Copyable {
  private let form: Schema.Impressions
  private var elements = GrowableBuffer<Bytes>()
  private var labels = GrowableBuffer<UInt8>()

  init(_ form: Schema.Impressions) { self.form = form }

  var count: Int { elements.count }

  subscript(index: Int) -> (item: Bytes, label: UInt8) { (elements.pointer[index], labels.pointer[index]) }

  /// Takes the items of the reader's present record.
  mutating func read(_ reader: RecordReader, _ slot: Int) throws(MalformedLine) {
    elements.removeAll()
    labels.removeAll()
    reader.elements(slot, at: reader.place, form.separator, into: &elements)
    if elements.count == 0 { throw .emptyField(reader.names[slot]) }
    for index in 0..<elements.count {
      let element = elements.pointer[index]
      guard let end = element.lastPlace(of: form.label) else {
        throw .noLabel(field: reader.names[slot], text: element.excerpt)
      }
      let text = Bytes(rebasing: element[(end + form.label.count)...])
      do throws(MalformedLine) {
        labels.append(try InteractionLog.label(text))
      } catch {
        throw .noLabel(field: reader.names[slot], text: element.excerpt)
      }
      elements.pointer[index] = Bytes(rebasing: element[..<end])
      if reader.isNoId(elements.pointer[index].trimmed) {
        throw .noValue(field: reader.names[slot], text: elements.pointer[index].excerpt)
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where `pattern` stands last; nil where it does not.
  fileprivate func lastPlace(of pattern: [UInt8]) -> Int? {
    guard count >= pattern.count else { return nil }
    return (0...count - pattern.count).last { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
  }
}
