import Support

/// The columns of a table that are read, each once, by slot.
struct ColumnSet {
  private(set) var names: [String] = []

  /// The slot of column `name`.
  mutating func slot(_ name: String) -> Int {
    if let slot = names.firstIndex(of: name) { return slot }
    names.append(name)
    return names.count - 1
  }
}

/// Reads a table record by record: separated values, or JSON lines. Columns are found by name once; a record's values
/// are bytes inside the line's buffer, valid until the next record.
final class RecordReader {
  let lines: SourceLines
  private let form: TableForm
  let names: [String]
  var csv = CSVFields()
  let isCSV: Bool
  private var fieldCount = 0
  /// By slot: the column of separated values.
  private(set) var columns: [Int] = []
  private let missing: MissingValues

  // Of JSON lines.
  let keys: ObjectKeys
  /// The values of the present record.
  var values = GrowableBuffer<Bytes>()
  /// By slot: where its values begin and how many there are; -1 where the key is not there.
  var places: [(start: Int, count: Int, isList: Bool)]
  var wereSeen: [Bool]
  var firstKeys: [String] = []
  var isFirst = true

  /// Opens `path`, which messages call `name`, and finds its columns. Throws where one is missing.
  init(
    _ path: String, knownAs name: String? = nil, _ form: TableForm, _ columns: ColumnSet,
    malformed: MalformedLines, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    lines = try SourceLines(path: path, knownAs: name, malformed: malformed, progress: progress)
    self.form = form
    names = columns.names
    missing = MissingValues(form.missing)
    keys = ObjectKeys(names)
    places = Array(repeating: (0, -1, false), count: names.count)
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
    for name in names { self.columns.append(try header.required(name)) }
    header.account(self.columns, in: lines)
    csvNames = header.names
  }

  /// All columns of separated values.
  private(set) var csvNames: [String] = []

  /// The names of all columns; of JSON lines the keys of the first, once it is read.
  var allNames: [String] { isCSV ? csvNames : firstKeys }

  /// Calls `body` for each record. What it throws either ends the import or leaves the record out, which must have left
  /// no trace by then.
  @inline(__always)
  func readAll(_ body: () throws(MalformedLine) -> Void) throws(ImportError) {
    try lines.readAll { line throws(MalformedLine) in
      if isCSV { try csv.split(line, expecting: fieldCount) } else { try scan(line) }
      try body()
    }
    if !isCSV && lines.account.rows > 0 { try accountKeys() }
  }

  /// Calls `body` for up to `limit` records and passes over those that are malformed.
  func read(upTo limit: Int, _ body: () -> Void) throws(ImportError) {
    var rows = 0
    while rows < limit, let line = try lines.next() {
      if line.count == 0 { continue }
      do throws(MalformedLine) {
        if isCSV { try csv.split(line, expecting: fieldCount) } else { try scan(line) }
        rows += 1
      } catch {
        continue
      }
      body()
    }
  }

  /// What separates values, as it was given or told by the first line; nil for JSON lines.
  var delimiter: [UInt8]? {
    guard isCSV else { return nil }
    return [csv.delimiter ?? UInt8(ascii: ",")] + (csv.second.map { [$0] } ?? [])
  }

  /// The value of a column without spaces around it, or nil where it has none or more than one.
  @inline(__always)
  func text(_ slot: Int) -> Bytes? {
    if isCSV { return present(csv[columns[slot]].trimmed) }
    let (start, count, _) = places[slot]
    return count == 1 ? present(values.pointer[start].trimmed) : nil
  }

  /// As `text`, with the spaces.
  @inline(__always)
  func required(_ slot: Int) throws(MalformedLine) -> Bytes {
    if isCSV {
      let field = csv[columns[slot]]
      if present(field.trimmed) != nil { return field }
    } else if places[slot].count == 1, present(values.pointer[places[slot].start].trimmed) != nil {
      return values.pointer[places[slot].start]
    } else if places[slot].count < 0 {
      throw .missingField(names[slot])
    }
    throw .emptyField(names[slot])
  }

  /// How many values a column has: more than one where it is a JSON list.
  func count(_ slot: Int) -> Int { isCSV ? 1 : max(places[slot].count, 0) }

  /// `text` unless it says that there is no value.
  @inline(__always)
  func present(_ text: Bytes) -> Bytes? {
    missing.contains(text) ? nil : text
  }
}
