import Support

/// Where the named columns of a CSV file stand; their order is free and further columns do not matter.
struct CSVHeader {
  /// Fields that every line has.
  let fieldCount: Int
  private let names: [String]
  private let file: String

  private init(fieldCount: Int, names: [String], file: String) {
    self.fieldCount = fieldCount
    self.names = names
    self.file = file
  }

  /// Takes the first line of `lines`.
  init(_ lines: SourceLines, _ fields: inout CSVFields) throws(ImportError) {
    file = lines.path
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
    fieldCount = fields.count
    var names: [String] = []
    for index in 0..<fields.count { names.append(String(decoding: fields[index], as: UTF8.self)) }
    self.names = names
  }

  /// Takes the first line of `lines` if it names at least one of `columns`, each given by the names it goes
  /// by in the copies that are about. Otherwise the line stays, and is data of just these columns in order.
  init(_ lines: SourceLines, _ fields: inout CSVFields, orInOrder columns: [[String]]) throws(ImportError) {
    let known = try lines.firstLine { line in
      // A copy: quoted fields are decoded in place.
      let names = String(decoding: line, as: UTF8.self).split(separator: ",").map {
        $0.trimmingPrefix("\"").split(separator: "\"").first.map(String.init) ?? ""
      }
      return columns.contains { !Set($0).isDisjoint(with: names) }
    }
    if known {
      try self.init(lines, &fields)
    } else {
      self.init(fieldCount: columns.count, names: columns.map { $0[0] }, file: lines.path)
    }
  }

  /// The index of the column that goes by one of `names`.
  func required(_ names: [String]) throws(ImportError) -> Int {
    for name in names { if let index = try optional(name) { return index } }
    return try required(names[0])
  }

  /// The index of column `name`, or nil if there is none.
  func optional(_ name: String) throws(ImportError) -> Int? {
    guard let index = names.firstIndex(of: name) else { return nil }
    if names.lastIndex(of: name) != index { throw .repeatedColumn(file: file, column: name) }
    return index
  }

  func required(_ name: String) throws(ImportError) -> Int {
    if let index = try optional(name) { return index }
    let header = Array(names.joined(separator: ",").utf8)
    throw .missingColumn(file: file, column: name, header: header.withUnsafeBufferPointer(\.excerpt))
  }
}
