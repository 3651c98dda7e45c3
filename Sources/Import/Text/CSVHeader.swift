import Support

/// Where the named columns of a table stand; their order is free and further columns do not matter.
///
/// Names are taken without spaces around them and without the types that RecBole's files give them
/// (`user_id:token`). Where the fields' delimiter is not given, the first line tells it.
struct CSVHeader {
  /// The types that stand after a colon in the headers of RecBole's atomic files.
  static let atomicTypes = ["token", "token_seq", "float", "float_seq"]

  /// Fields that every line has.
  let fieldCount: Int
  let names: [String]
  private let file: String

  private init(names: [String], file: String) {
    fieldCount = names.count
    self.names = names
    self.file = file
  }

  /// Takes the first line of `lines`.
  init(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    guard let line = try lines.next() else { throw .noHeader(file: lines.path) }
    do throws(MalformedLine) {
      try fields.split(line)
      if fields.count > CSVFields.maximumCount {
        throw .outOfRange(
          field: "columns", text: "\(fields.count)", allowed: "up to \(CSVFields.maximumCount)")
      }
    } catch {
      throw .malformedLine(file: lines.path, line: 1, reason: error)
    }
    var names: [String] = []
    for index in 0..<fields.count { names.append(CSVHeader.name(fields[index])) }
    self.init(names: names, file: lines.path)
  }

  /// Takes the first line of `lines` if it names at least one of `columns`, each given by the names it goes
  /// by in the copies that are about. Otherwise the line stays, and is data of just these columns in order.
  init(_ lines: SourceLines, _ fields: inout CSVFields, orInOrder columns: [[String]]) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    let first = try CSVHeader.peek(lines, &fields)
    if columns.contains(where: { !Set($0).isDisjoint(with: first) }) {
      try self.init(lines, &fields)
    } else {
      self.init(names: columns.map { $0[0] }, file: lines.path)
      lines.account.guesses.append("no header; the columns are " + names.joined(separator: ", "))
    }
  }

  /// A file without a header whose columns are `names`.
  init(_ lines: SourceLines, _ fields: inout CSVFields, without names: [String]) throws(ImportError) {
    try CSVHeader.tellDelimiter(lines, &fields)
    self.init(names: names, file: lines.path)
  }

  /// The fields of the first line, which stays to be read; none at the end of the file.
  static func peek(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) -> [String] {
    try tellDelimiter(lines, &fields)
    var separator = String(Character(Unicode.Scalar(fields.delimiter ?? UInt8(ascii: ","))))
    if let second = fields.second { separator.append(Character(Unicode.Scalar(second))) }
    var names: [String] = []
    _ = try lines.firstLine { line in
      // A copy: quoted fields are decoded in place.
      names = String(decoding: line, as: UTF8.self).split(
        separator: separator, omittingEmptySubsequences: false
      )
      .map { (field: Substring) in
        let field = field.trimmingPrefix(while: \.isWhitespace)
        // A quote within a field is part of it.
        let text = field.first == "\"" ? field.dropFirst().prefix { $0 != "\"" } : field
        return Array(text.utf8).withUnsafeBufferPointer { name($0) }
      }
      return true
    }
    return names
  }

  /// The index of the column that goes by one of `names`, whatever the case of its letters; the earlier of
  /// `names` comes first, and a name in just these letters before one in others.
  func find(_ names: [String]) throws(ImportError) -> Int? {
    for name in names { if let index = try optional(name) { return index } }
    let lowercased = self.names.map { $0.lowercased() }
    for name in names {
      guard let index = lowercased.firstIndex(of: name.lowercased()) else { continue }
      if lowercased.lastIndex(of: name.lowercased()) != index {
        throw .repeatedColumn(file: file, column: self.names[index])
      }
      return index
    }
    return nil
  }

  /// The index of the column that goes by one of `names`.
  /// - Parameter option: the option that names the column, for the refusal.
  func required(_ names: [String], option: String? = nil) throws(ImportError) -> Int {
    if let index = try find(names) { return index }
    throw missing(names[0], option)
  }

  /// The index of column `name`, or nil if there is none.
  func optional(_ name: String) throws(ImportError) -> Int? {
    guard let index = names.firstIndex(of: name) else { return nil }
    if names.lastIndex(of: name) != index { throw .repeatedColumn(file: file, column: name) }
    return index
  }

  func required(_ name: String, option: String? = nil) throws(ImportError) -> Int {
    if let index = try optional(name) { return index }
    throw missing(name, option)
  }

  /// The same columns under other names, as many as there are.
  func renamed(_ names: [String]) throws(ImportError) -> CSVHeader {
    if names.count != fieldCount {
      throw .malformedLine(
        file: file, line: 1, reason: .fieldCount(found: fieldCount, expected: names.count))
    }
    return CSVHeader(names: names, file: file)
  }

  /// Notes in the account of `lines` which columns are used.
  func account(_ used: [Int?], in lines: SourceLines) {
    let used = Set(used.compactMap(\.self))
    lines.account.usedColumns = used.sorted().map { names[$0] }
    lines.account.unusedColumns = names.indices.filter { !used.contains($0) }.map { names[$0] }
  }

  private func missing(_ name: String, _ option: String?) -> ImportError {
    let header = Array(names.joined(separator: ",").utf8)
    return .missingColumn(
      file: file, column: name, header: header.withUnsafeBufferPointer(\.excerpt), option: option)
  }

  private static func name(_ field: Bytes) -> String {
    let name = String(decoding: field.trimmed, as: UTF8.self)
    for type in atomicTypes where name.hasSuffix(":" + type) { return String(name.dropLast(type.count + 1)) }
    return name
  }

  /// Of tab, semicolon, comma, bar and `::` the one that the first line has most of, outside quotes; a space where it has
  /// none of them.
  private static func tellDelimiter(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) {
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
