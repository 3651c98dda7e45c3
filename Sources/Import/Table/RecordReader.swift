import Support

/// The columns of a table that are read, each once, by slot.
struct ColumnSet {
  private(set) var names: [String] = []
  /// The key of the schema that named each one first, for messages; nil where it was no schema's.
  private(set) var keys: [String?] = []

  /// The slot of column `name`.
  mutating func slot(_ name: String, key: String? = nil) -> Int {
    if let slot = names.firstIndex(of: name) { return slot }
    names.append(name)
    keys.append(key)
    return names.count - 1
  }
}

/// Reads a table in blocks of records: separated values, or JSON lines. Columns are found by name once; a record's values
/// are bytes inside the line's buffer, valid until the next block.
final class RecordReader {
  /// Records of a block: so few that their text and their cells stay in the nearest cache while one column after the other
  /// is read.
  static let blockRows = 128

  let lines: SourceLines
  private let form: TableForm
  let names: [String]
  /// The schema's keys that named these columns.
  let namedBy: [String?]
  var csv = CSVFields()
  let isCSV: Bool
  var fieldCount = 0
  /// By slot: the column of separated values.
  var columns: [Int] = []
  let missing: MissingValues
  private let missingIds: MissingValues

  /// The lines of the block.
  var block = GrowableBuffer<NumberedLine>()
  /// [slots x `blockRows`] the value of each column; without an address where there is none, or more than one.
  var cells = GrowableBuffer<Bytes>()
  /// The place of the present record in its block.
  var place = 0
  /// Records of the block that are malformed, in turn.
  var malformed: [(index: Int, reason: MalformedLine)] = []
  /// Where fields end in the block's lines.
  var separators = SeparatorPlaces()

  /// Values of the block that were lost: they are counted in the order of its records.
  var losses: [Loss] = []
  /// Who loses values now, among those that look at one record in turn.
  var turn = 0

  // Of JSON lines.
  let keys: ObjectKeys
  /// The values of the block's records.
  var values = GrowableBuffer<Bytes>()
  /// [`blockRows` x slots] which of these are a column's.
  var lists = GrowableBuffer<ValueList>()
  var wereSeen: [Bool]
  /// The keys of all objects.
  var seenKeys = SeenKeys()

  /// Opens `path`, which messages call `name` and whose `text` others may read, and finds its columns. Throws where one is
  /// missing.
  init(
    _ path: String, text: (any TextSource)? = nil, knownAs name: String? = nil, _ form: TableForm,
    _ columns: ColumnSet, malformed: MalformedLines, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    lines = try SourceLines(path: path, text: text, knownAs: name, malformed: malformed, progress: progress)
    self.form = form
    names = columns.names
    namedBy = columns.keys
    missing = MissingValues(form.missing)
    missingIds = MissingValues(form.missingIds)
    keys = ObjectKeys(names)
    let count = RecordReader.blockRows * names.count
    _ = cells.resetUninitialized(count)
    _ = lists.resetUninitialized(count)
    wereSeen = Array(repeating: false, count: names.count)
    let isObject = try lines.holdObjects()
    isCSV = form.format.map { $0 == .csv } ?? !isObject
    if !isCSV { return }
    csv.delimiter = form.delimiter?.first
    csv.second = form.delimiter.flatMap { $0.count > 1 ? $0[1] : nil }
    csv.quotes = form.quotes
    csv.rest = form.rest.flatMap { form.columns?.firstIndex(of: $0) }
    let header: CSVHeader
    switch (form.columns, form.header ?? (form.columns == nil)) {
    case (let names?, false): header = try CSVHeader(lines, &csv, without: names)
    case (let names?, true): header = try CSVHeader(lines, &csv).renamed(names)
    case (nil, _): header = try CSVHeader(lines, &csv)
    }
    fieldCount = header.fieldCount
    for (name, key) in zip(names, namedBy) { self.columns.append(try header.required(name, option: key)) }
    header.account(self.columns, in: lines)
    csvNames = header.names
  }

  /// All columns of separated values.
  private(set) var csvNames: [String] = []

  /// The names of all columns; of JSON lines the keys of all that have been read.
  var allNames: [String] { isCSV ? csvNames : seenKeys.names }

  /// Calls `body` for each record. What it throws either ends the import or leaves the record out, which must have left
  /// no trace by then.
  /// - Parameters:
  ///   - prepare: called before the records of each block, of which it may `gather` columns.
  ///   - finish: called after them, while they may still be looked at.
  @inline(__always)
  func readAll(
    beforeBlock prepare: () throws(ImportError) -> Void = {}, _ body: () throws(MalformedLine) -> Void,
    afterBlock finish: () -> Void = {}
  ) throws(ImportError) {
    while try fill(RecordReader.blockRows) {
      try prepare()
      var next = 0
      for index in 0..<block.count {
        try lines.row(at: block.pointer[index].number) { () throws(MalformedLine) in
          if next < malformed.count && malformed[next].index == index {
            next += 1
            throw malformed[next - 1].reason
          }
          place = index
          try body()
        }
      }
      finish()
      if !losses.isEmpty { countLosses() }
    }
    if !isCSV && lines.account.rows > 0 { try accountKeys() }
  }

  /// Calls `body` for up to `limit` records and passes over those that are malformed.
  func read(upTo limit: Int, _ body: () -> Void) throws(ImportError) {
    var rows = 0
    while rows < limit, try fill(min(limit - rows, RecordReader.blockRows)) {
      let skipped = Set(malformed.map(\.index))
      for index in 0..<block.count where !skipped.contains(index) {
        place = index
        rows += 1
        body()
      }
    }
  }

  /// Reads the next block of up to `limit` records; whether there was any.
  private func fill(_ limit: Int) throws(ImportError) -> Bool {
    try lines.next(limit, into: &block)
    malformed.removeAll(keepingCapacity: true)
    losses.removeAll(keepingCapacity: true)
    values.removeAll()
    if isCSV && csv.second == nil && fieldCount <= CSVFields.maximumCount {
      splitBlock()
    } else {
      for index in 0..<block.count { takeApart(index) }
    }
    return block.count > 0
  }

  /// Counts a value of the record at `place` that cannot be kept, while the record can.
  @inline(never)
  func lose(_ reason: MalformedLine, at place: Int) {
    losses.append(Loss(place: place, turn: turn, order: losses.count, reason: reason))
  }

  private func countLosses() {
    losses.sort { ($0.place, $0.turn, $0.order) < ($1.place, $1.turn, $1.order) }
    for loss in losses {
      lines.account.lose(
        loss.reason.kind, line: block.pointer[loss.place].number, example: "\(loss.reason)")
    }
  }

  /// What separates values, as it was given or told by the first line; nil for JSON lines.
  var delimiter: [UInt8]? {
    guard isCSV else { return nil }
    return [csv.delimiter ?? UInt8(ascii: ",")] + (csv.second.map { [$0] } ?? [])
  }

  /// Whether a comma stands before the fraction of numbers.
  var hasDecimalCommas: Bool { form.hasDecimalCommas }

  /// As `required`, of a column of users or items.
  @inline(__always)
  func id(_ slot: Int) throws(MalformedLine) -> Bytes {
    let text = try required(slot)
    if isNoId(text.trimmed) { throw .noValue(field: names[slot], text: text.trimmed.excerpt) }
    return text
  }

  /// Whether `text` stands for no user and no item.
  @inline(__always)
  func isNoId(_ text: Bytes) -> Bool { missingIds.contains(text) }

}
