/// The columns of a file by the names that copies of public files give them.
struct FileColumns {
  let file: String
  /// All columns: of the header, or those that the file without one has in its order; of JSON lines all keys.
  let columns: ColumnList
  /// How the file holds them.
  let form: TableForm
  /// What was guessed, for the account.
  private(set) var guesses: [String] = []

  /// Looks at the beginning of `file`, which whoever reads it opens again.
  /// - Parameter columns: the names that each column goes by. A file whose first line has none of them has no header and
  ///   just these columns in order.
  init(_ file: String, orInOrder columns: [[String]]) throws(ImportError) {
    try FileBytes.checkIsKept(file)
    self.file = file
    let lines = try SourceLines(path: file, malformed: .skip) { _ in }
    var form = TableForm()
    if try lines.holdObjects() {
      let keys = try TableSample.keys(lines)
      if keys.isEmpty { throw .noObjects(file: file) }
      self.columns = ColumnList(keys, .keys)
      form.format = .jsonl
    } else {
      var fields = CSVFields()
      let first = try CSVHeader.peek(lines, &fields)
      try first.checkHeader(of: file)
      let known = Set(columns.joined().map { $0.lowercased() })
      if first.names.contains(where: { known.contains($0.lowercased()) }) {
        self.columns = first
      } else {
        let names = columns.map { $0[0] }
        self.columns = ColumnList(names, .order)
        form.columns = names
        guesses.append("no header; the columns are " + names.joined(separator: ", "))
      }
    }
    self.form = form
  }

  var names: [String] { columns.names }

  /// The column that goes by one of `names` (`ColumnList.index`); nil where there is none.
  func find(_ names: [String]) throws(ImportError) -> String? {
    guard let index = try columns.index(names, in: file) else { return nil }
    return self.names[index]
  }

  func required(_ names: [String], option: String? = nil) throws(ImportError) -> String {
    if let name = try find(names) { return name }
    throw .missingColumn(file: file, names, columns, option)
  }
}
