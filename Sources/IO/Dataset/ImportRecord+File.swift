import HDF5
import Support

/// The group `/import` of a data set.
extension ImportRecord {
  static let group = "import"

  func write(to root: borrowing HDF5.Group) throws {
    if files.isEmpty { return }
    let files = try root.makeGroup("\(ImportRecord.group)/files")
    try files.write("path", StringColumn(self.files.map(\.path)), description: "a file, or a table of one")
    try files.write(
      "sha256", StringColumn(self.files.map(\.sha256)),
      description: "of its bytes; empty where it is not known")
    try files.write("rows", self.files.map { Int64($0.rows) }, description: "rows read")
    try files.write("used", self.files.map { Int64($0.used) }, description: "rows used")
    if !rows.isEmpty {
      let rows = try root.makeGroup("\(ImportRecord.group)/rows")
      try rows.write("source", self.rows.map { Int32($0.file) }, description: "row in /import/files")
      try rows.write(
        "outcome", StringColumn(self.rows.map(\.outcome.rawValue)),
        description: "left out, or no value: used without one of its values")
      try rows.write("reason", StringColumn(self.rows.map(\.reason)), description: "why")
      try rows.write("number", self.rows.map { Int64($0.count) }, description: "rows, or values")
      try rows.write(
        "line", self.rows.map { Int64($0.line) }, description: "line of the first, from 1; 0 not known")
      try rows.write("example", StringColumn(self.rows.map(\.example)), description: "what stood there")
    }
    if !fields.isEmpty {
      let columns = try root.makeGroup("\(ImportRecord.group)/columns")
      try columns.write("source", fields.map { Int32($0.file) }, description: "row in /import/files")
      try columns.write("name", StringColumn(fields.map(\.name)), description: "the column's name")
      try columns.write("used", fields.map { $0.isUsed ? UInt8(1) : 0 }, description: "1 used, 0 not used")
    }
  }

  /// Nil where the file has none. Throws `HDF5Error` where its columns are not what they must be.
  init?(_ root: borrowing HDF5.Group) throws {
    guard try root.contains(ImportRecord.group) else { return nil }
    let group = try root.group(ImportRecord.group)
    guard try group.contains("files") else { return nil }
    let table = try group.group("files")
    let paths = try ImportRecord.texts("path", table, nil)
    let all = paths.count
    let digests = try ImportRecord.texts("sha256", table, all)
    let read = try ImportRecord.numbers("rows", table, all)
    let used = try ImportRecord.numbers("used", table, all)
    files = (0..<all).map { File(path: paths[$0], sha256: digests[$0], rows: read[$0], used: used[$0]) }
    if try group.contains("rows") { rows = try ImportRecord.rows(group.group("rows"), files: all) }
    if try group.contains("columns") { fields = try ImportRecord.fields(group.group("columns"), files: all) }
  }

  private static func rows(_ group: borrowing HDF5.Group, files: Int) throws -> [Rows] {
    let file = try numbers("source", group, nil, below: files)
    let (outcomes, reasons) = (
      try texts("outcome", group, file.count), try texts("reason", group, file.count)
    )
    let (counts, lines) = (try numbers("number", group, file.count), try numbers("line", group, file.count))
    let examples = try texts("example", group, file.count)
    return try file.indices.map { row in
      guard let outcome = Outcome(rawValue: outcomes[row]) else {
        throw HDF5Error.invalidValue(
          HDF5.Location(file: group.location.file, path: group.location.path + "/outcome"), row: row,
          value: outcomes[row], allowed: "left out or no value")
      }
      return Rows(
        file: file[row], outcome: outcome, reason: reasons[row], count: counts[row], line: lines[row],
        example: examples[row])
    }
  }

  private static func fields(_ group: borrowing HDF5.Group, files: Int) throws -> [Field] {
    let file = try numbers("source", group, nil, below: files)
    let (names, used) = (try texts("name", group, file.count), try numbers("used", group, file.count))
    return file.indices.map { Field(file: file[$0], name: names[$0], isUsed: used[$0] != 0) }
  }

  /// A column of `count` texts; nil where this one says how many.
  private static func texts(_ name: String, _ group: borrowing HDF5.Group, _ count: Int?) throws -> [String] {
    let column = try group.dataset(name).strings()
    try check(column.count, count, name, group)
    return (0..<column.count).map { column[$0] }
  }

  /// The same of numbers from 0 up to `limit`.
  private static func numbers(
    _ name: String, _ group: borrowing HDF5.Group, _ count: Int?, below limit: Int = .max
  ) throws -> [Int] {
    let column = try group.dataset(name).column(of: Int64.self)
    try check(column.count, count, name, group)
    return try (0..<column.count).map { row in
      guard column[row] >= 0, column[row] < limit else {
        throw HDF5Error.invalidValue(
          HDF5.Location(file: group.location.file, path: group.location.path + "/" + name), row: row,
          value: "\(column[row])", allowed: limit == .max ? "0 or more" : "0 to \(limit - 1)")
      }
      return Int(column[row])
    }
  }

  private static func check(
    _ found: Int, _ count: Int?, _ name: String, _ group: borrowing HDF5.Group
  ) throws {
    guard let count, found != count else { return }
    throw HDF5Error.wrongShape(
      HDF5.Location(file: group.location.file, path: group.location.path + "/" + name),
      expected: "[\(count)]", found: ["\(found)"])
  }
}
