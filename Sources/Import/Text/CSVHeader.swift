import Support

/// Where the named columns of a table stand; their order is free and further columns do not matter.
///
/// Names are taken without spaces around them and without the types that RecBole's files give them
/// (`user_id:token`). Where the fields' delimiter is not given, the first line tells it.
struct CSVHeader {
  /// The types that stand after a colon in the headers of RecBole's atomic files.
  static let atomicTypes = ["token", "token_seq", "float", "float_seq"]

  let columns: ColumnList
  private let file: String

  private init(_ columns: ColumnList, file: String) {
    self.columns = columns
    self.file = file
  }

  var names: [String] { columns.names }
  /// Fields that every line has.
  var fieldCount: Int { names.count }

  /// Takes the first line of `lines`.
  init(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    guard let line = try lines.next() else { throw .noHeader(file: lines.path) }
    self.init(try CSVHeader.columns(line, &fields, lines.path), file: lines.path)
  }

  /// Takes the first line of `lines` if it names at least one of `columns`, each given by the names it goes
  /// by in the copies that are about. Otherwise the line stays, and is data of just these columns in order.
  init(_ lines: SourceLines, _ fields: inout CSVFields, orInOrder columns: [[String]]) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    let first = try CSVHeader.peek(lines, &fields)
    if columns.contains(where: { !Set($0).isDisjoint(with: first.names) }) {
      try self.init(lines, &fields)
    } else {
      self.init(ColumnList(columns.map { $0[0] }, .order), file: lines.path)
      lines.account.guesses.append("no header; the columns are " + names.joined(separator: ", "))
    }
  }

  /// A file without a header whose columns are `names`.
  init(_ lines: SourceLines, _ fields: inout CSVFields, without names: [String]) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    self.init(ColumnList(names, .order), file: lines.path)
  }

  /// The fields of the first line, which stays to be read; none at the end of the file.
  static func peek(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) -> ColumnList {
    try tellDelimiter(lines, &fields)
    // A copy: quoted fields are decoded in place.
    var copy: [UInt8]?
    _ = try lines.firstLine { line in
      copy = Array(line)
      return true
    }
    guard var copy else { return ColumnList([], .order) }
    var result: Result<ColumnList, ImportError> = .success(ColumnList([], .order))
    copy.withUnsafeMutableBufferPointer { line in
      do throws(ImportError) {
        result = .success(try columns(line, &fields, lines.path))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// The names that `line` has.
  private static func columns(
    _ line: Line, _ fields: inout CSVFields, _ file: String
  ) throws(ImportError) -> ColumnList {
    let text = Bytes(line).excerpt(200)
    do throws(MalformedLine) {
      try fields.split(line)
    } catch {
      throw .malformedLine(file: file, line: 1, reason: error)
    }
    if fields.count > CSVFields.maximumCount {
      throw .tooManyColumns(file: file, count: fields.count, limit: CSVFields.maximumCount)
    }
    var names: [String] = []
    for index in 0..<fields.count { names.append(CSVHeader.name(fields[index])) }
    let delimiter = [fields.delimiter ?? UInt8(ascii: ",")] + (fields.second.map { [$0] } ?? [])
    return ColumnList(names, .header(text: text, delimiter: delimiter))
  }

  /// The index of the column that goes by one of `names` (`ColumnList.index`).
  /// - Parameter option: the option that names the column, for the refusal.
  func required(_ names: [String], option: String? = nil) throws(ImportError) -> Int {
    if let index = try columns.index(names, in: file) { return index }
    throw .missingColumn(file: file, names, columns, option)
  }

  /// The index of column `name`, or nil if there is none.
  func optional(_ name: String) throws(ImportError) -> Int? { try columns.index(ofJust: name, in: file) }

  func required(_ name: String, option: String? = nil) throws(ImportError) -> Int {
    if let index = try optional(name) { return index }
    throw .missingColumn(file: file, [name], columns, option)
  }

  /// The same columns under other names, as many as there are.
  func renamed(_ names: [String]) throws(ImportError) -> CSVHeader {
    if names.count != fieldCount {
      throw .malformedLine(
        file: file, line: 1, reason: .fieldCount(found: fieldCount, expected: names.count))
    }
    return CSVHeader(ColumnList(names, .order), file: file)
  }

  /// Notes in the account of `lines` which columns are used.
  func account(_ used: [Int?], in lines: SourceLines) {
    let used = Set(used.compactMap(\.self))
    lines.account.usedColumns = used.sorted().map { names[$0] }
    lines.account.unusedColumns = names.indices.filter { !used.contains($0) }.map { names[$0] }
  }

  private static func name(_ field: Bytes) -> String {
    let name = String(decoding: field.trimmed, as: UTF8.self)
    for type in atomicTypes where name.hasSuffix(":" + type) { return String(name.dropLast(type.count + 1)) }
    return name
  }

  /// Of tab, semicolon, comma, bar and `::` the one that the first line has most of, outside quotes; a space where it has
  /// none of them.
  private static func tellDelimiter(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) {
    if let separator = try lines.takeSeparator() { fields.delimiter = separator }
    guard fields.delimiter == nil else { return }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|")]
    var counts = [0, 0, 0, 0]
    var (pairs, spaces) = (0, 0)
    _ = try lines.firstLine { line in
      var isQuoted = false
      var last: UInt8 = 0
      for byte in line {
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        if byte == UInt8(ascii: " ") && !isQuoted { spaces += 1 }
        if byte == UInt8(ascii: ":") && last == byte {
          pairs += 1
          last = 0
        } else {
          last = byte
        }
        if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
      }
      return true
    }
    guard let most = counts.max(), let index = counts.firstIndex(of: most) else { return }
    if pairs > 0 && pairs >= most {
      (fields.delimiter, fields.second) = (UInt8(ascii: ":"), UInt8(ascii: ":"))
      lines.account.guesses.append("fields are separated by double colons")
      return
    }
    // A log has three columns at least: words of one column are no fields.
    if most == 0 && spaces >= 2 {
      fields.delimiter = UInt8(ascii: " ")
      lines.account.guesses.append("fields are separated by spaces")
      return
    }
    fields.delimiter = candidates[index]
    if index > 0 {
      lines.account.guesses.append(
        "fields are separated by \(["commas", "tabs", "semicolons", "bars"][index])")
    }
  }
}
