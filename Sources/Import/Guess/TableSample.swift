import Support

/// The first rows of a table, and how it holds them.
struct TableSample {
  let path: String
  var form = TableForm()
  /// Whether the file has names for its columns.
  private(set) var hasNames = true
  private(set) var columns: [ColumnSample] = []
  private(set) var rows = 0

  static let limit = 10_000

  /// - Parameters:
  ///   - isLog: whether a file without names may have the columns that public logs without names have.
  ///   - ids: what no name of a column can be: users and items of the log.
  init(_ path: String, isLog: Bool = true, ids: Set<String> = []) throws(ImportError) {
    self.path = path
    try FileBytes.checkIsKept(path, mend: "write it to a file first")
    try look(isLog: isLog, hasNames: nil, ids)
    if !isLog && hasNames && form.format != .jsonl && headerIsData {
      try look(isLog: isLog, hasNames: false, ids)
    }
  }

  /// Whether what was taken for names are values: one of them, and not all as in files that were joined with their
  /// headers, stands below its own place.
  private var headerIsData: Bool {
    let repeated = columns.count { $0.distinct.contains($0.name) }
    return repeated > 0 && repeated < columns.count
  }

  /// - Parameter hasNames: nil where the first line tells.
  private mutating func look(isLog: Bool, hasNames: Bool?, _ ids: Set<String>) throws(ImportError) {
    let names = try TableSample.names(path, &form, isLog: isLog, hasNames: hasNames, ids)
    self.hasNames = form.columns == nil
    form.quotes = true
    var set = ColumnSet()
    for name in names { _ = set.slot(name) }
    let reader = try RecordReader(path, form, set, malformed: .skip) { _ in }
    if form.format != .jsonl { form.delimiter = reader.delimiter }
    if form.delimiter?.count == 2 { form.quotes = false }
    let types = form.format == .jsonl || !self.hasNames ? [:] : try TableSample.types(path)
    var columns = names.map { ColumnSample($0, type: types[$0]) }
    var rows = 0
    try reader.read(upTo: TableSample.limit) {
      rows += 1
      for slot in columns.indices {
        columns[slot].add(reader.text(slot), count: reader.count(slot, at: reader.place))
      }
    }
    (self.columns, self.rows) = (columns, rows)
  }

  func column(_ name: String) -> ColumnSample? { columns.first { $0.name == name } }

  /// The column that goes by one of `names`.
  func find(_ names: [String]) -> String? {
    for name in names {
      if let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) {
        return column.name
      }
    }
    return nil
  }

  /// The names of all columns, and the file's format.
  private static func names(
    _ path: String, _ form: inout TableForm, isLog: Bool, hasNames: Bool?, _ ids: Set<String>
  ) throws(ImportError) -> [String] {
    let lines = try SourceLines(path: path, malformed: .skip) { _ in }
    if try lines.holdObjects() {
      form.format = .jsonl
      let keys = try keys(lines, limit: limit)
      if keys.isEmpty { throw .noObjects(file: path) }
      return keys
    }
    var fields = CSVFields()
    let header = try CSVHeader.peek(lines, &fields)
    try header.checkHeader(of: path)
    let first = header.names
    guard hasNames.map({ !$0 }) ?? isData(first, ids) else { return first }
    form.columns =
      (isLog ? UsualColumns.order(ofRow: first, isGuess: true) : nil)
      ?? first.indices.map { "column_\($0 + 1)" }
    form.header = false
    return form.columns ?? []
  }

  /// Whether the fields of a first line are values: one is a time, or none is a name that is known, and one is a number
  /// or one of `ids`, or two without a letter are the same.
  private static func isData(_ first: [String], _ ids: Set<String>) -> Bool {
    if first.contains(where: UsualColumns.isTime) { return true }
    if first.contains(where: UsualColumns.contains) { return false }
    let signs = first.filter { !$0.isEmpty && !$0.contains(where: \.isLetter) }
    return Set(signs).count < signs.count || first.contains { Double($0) != nil || ids.contains($0) }
  }

  /// The types of columns whose header says them: `age:token`.
  private static func types(_ path: String) throws(ImportError) -> [String: String] {
    var types: [String: String] = [:]
    let lines = try SourceLines(path: path, malformed: .skip) { _ in }
    _ = try lines.firstLine { line in
      for field in String(decoding: line, as: UTF8.self).split(separator: "\t") {
        let parts = field.split(separator: ":").map { $0.filter { !$0.isWhitespace } }
        guard parts.count == 2, CSVHeader.atomicTypes.contains(parts[1]) else { continue }
        types[parts[0]] = parts[1]
      }
      return true
    }
    return types
  }

  /// The keys of the first objects, with those of objects inside them.
  static func keys(_ lines: SourceLines, limit: Int = 100) throws(ImportError) -> [String] {
    var keys: [String] = []
    for _ in 0..<limit {
      guard let line = try lines.next() else { break }
      do throws(MalformedLine) {
        var scanner = try ObjectScanner(line)
        try add(&scanner, prefix: "", to: &keys, depth: 0)
      } catch {
        continue
      }
    }
    return keys
  }

  private static func add(
    _ scanner: inout ObjectScanner, prefix: String, to keys: inout [String], depth: Int
  ) throws(MalformedLine) {
    while let key = try scanner.nextKey() {
      let name = prefix + String(decoding: key, as: UTF8.self)
      if depth < 2, scanner.enterObject() {
        try add(&scanner, prefix: name + ".", to: &keys, depth: depth + 1)
      } else {
        try scanner.skip()
        if !keys.contains(name) && keys.count < CSVFields.maximumCount { keys.append(name) }
      }
    }
  }
}
