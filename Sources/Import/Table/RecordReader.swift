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
  /// Records of a block.
  static let blockRows = 256

  let lines: SourceLines
  private let form: TableForm
  let names: [String]
  /// The schema's keys that named these columns.
  let namedBy: [String?]
  var csv = CSVFields()
  let isCSV: Bool
  private var fieldCount = 0
  /// By slot: the column of separated values.
  private var columns: [Int] = []
  private let missing: MissingValues

  /// The lines of the block.
  private var block = GrowableBuffer<NumberedLine>()
  /// [records of the block x slots] the value of each column; without an address where there is none, or more than one.
  private var cells = GrowableBuffer<Bytes>()
  /// The cells of the present record.
  var record: UnsafeMutablePointer<Bytes>
  /// Records of the block that are malformed, in turn.
  private var malformed: [(index: Int, reason: MalformedLine)] = []

  // Of JSON lines.
  let keys: ObjectKeys
  /// The values of the block's records.
  var values = GrowableBuffer<Bytes>()
  /// [records of the block x slots] which of these are a column's.
  private var lists = GrowableBuffer<ValueList>()
  /// Those of the present record.
  var recordLists: UnsafeMutablePointer<ValueList>
  var wereSeen: [Bool]
  /// The number of the line that is taken apart.
  var scannedLine = 0
  /// The keys of all objects.
  var seenKeys = SeenKeys()

  /// Opens `path`, which messages call `name`, and finds its columns. Throws where one is missing.
  init(
    _ path: String, knownAs name: String? = nil, _ form: TableForm, _ columns: ColumnSet,
    malformed: MalformedLines, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    lines = try SourceLines(path: path, knownAs: name, malformed: malformed, progress: progress)
    self.form = form
    names = columns.names
    namedBy = columns.keys
    missing = MissingValues(form.missing)
    keys = ObjectKeys(names)
    let count = RecordReader.blockRows * names.count
    record = cells.resetUninitialized(count)
    recordLists = lists.resetUninitialized(count)
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
  /// - Parameter prepare: called before the records of each block, of which it may `gather` columns.
  @inline(__always)
  func readAll(
    beforeBlock prepare: () throws(ImportError) -> Void = {}, _ body: () throws(MalformedLine) -> Void
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
          begin(index)
          try body()
        }
      }
    }
    if !isCSV && lines.account.rows > 0 { try accountKeys() }
  }

  /// Calls `body` for up to `limit` records and passes over those that are malformed.
  func read(upTo limit: Int, _ body: () -> Void) throws(ImportError) {
    var rows = 0
    while rows < limit, try fill(min(limit - rows, RecordReader.blockRows)) {
      let skipped = Set(malformed.map(\.index))
      for index in 0..<block.count where !skipped.contains(index) {
        begin(index)
        rows += 1
        body()
      }
    }
  }

  /// Reads the next block of up to `limit` records; whether there was any.
  private func fill(_ limit: Int) throws(ImportError) -> Bool {
    try lines.next(limit, into: &block)
    malformed.removeAll(keepingCapacity: true)
    values.removeAll()
    for index in 0..<block.count {
      begin(index)
      scannedLine = block.pointer[index].number
      do throws(MalformedLine) {
        if isCSV { try split(block.pointer[index].line) } else { try scan(block.pointer[index].line) }
      } catch {
        malformed.append((index, error))
        // Whoever looks at a whole column finds nothing here.
        record.update(repeating: Bytes(start: nil, count: 0), count: names.count)
      }
    }
    return block.count > 0
  }

  /// Makes record `index` of the block the present one.
  @inline(__always)
  private func begin(_ index: Int) {
    record = cells.pointer + index * names.count
    recordLists = lists.pointer + index * names.count
    place = index
  }

  @inline(__always)
  private func split(_ line: Line) throws(MalformedLine) {
    try csv.split(line, expecting: fieldCount)
    for slot in columns.indices { record[slot] = csv[columns[slot]] }
  }

  /// The place of the present record in its block.
  private(set) var place = 0

  /// Puts the values of a column of the block's records into `column`, without spaces around them, and returns how many
  /// records there are. Empty where a record has none or more than one.
  func gather(_ slot: Int, into column: UnsafeMutablePointer<Bytes>) -> Int {
    for index in 0..<block.count { column[index] = cells.pointer[index * names.count + slot].trimmed }
    return block.count
  }

  /// What separates values, as it was given or told by the first line; nil for JSON lines.
  var delimiter: [UInt8]? {
    guard isCSV else { return nil }
    return [csv.delimiter ?? UInt8(ascii: ",")] + (csv.second.map { [$0] } ?? [])
  }

  /// Whether a comma stands before the fraction of numbers.
  var hasDecimalCommas: Bool { form.hasDecimalCommas }

  /// The value of a column without spaces around it, or nil where it has none or more than one.
  @inline(__always)
  func text(_ slot: Int) -> Bytes? {
    let cell = record[slot]
    return cell.baseAddress == nil ? nil : present(cell.trimmed)
  }

  /// As `text`, with the spaces.
  @inline(__always)
  func required(_ slot: Int) throws(MalformedLine) -> Bytes {
    let cell = record[slot]
    if cell.baseAddress != nil && present(cell.trimmed) != nil { return cell }
    throw !isCSV && recordLists[slot].count < 0 ? .missingField(names[slot]) : .emptyField(names[slot])
  }

  /// How many values a column has: more than one where it is a JSON list.
  func count(_ slot: Int) -> Int { isCSV ? 1 : max(recordLists[slot].count, 0) }

  /// `text` unless it says that there is no value.
  @inline(__always)
  func present(_ text: Bytes) -> Bytes? {
    missing.contains(text) ? nil : text
  }
}

/// Which of the values of a block a column of a JSON object has.
struct ValueList: BitwiseCopyable {
  var start: Int
  /// -1 where the key is not there.
  var count: Int
  var isList: Bool

  static let absent = ValueList(start: 0, count: -1, isList: false)
}
