/// The columns of a file by the names that copies of public files give them.
struct FileColumns {
  let file: String
  /// All names: of the header, or those that the file without one has in its order; of JSON lines all keys.
  let names: [String]
  /// How the file holds them.
  let form: TableForm
  /// What was guessed, for the account.
  private(set) var guesses: [String] = []

  /// - Parameter columns: the names that each column goes by. A file whose first line has none of them has no header and
  ///   just these columns in order.
  init(_ file: String, orInOrder columns: [[String]]) throws(ImportError) {
    self.file = file
    let lines = try SourceLines(path: file, malformed: .skip) { _ in }
    var form = TableForm()
    if try lines.holdObjects() {
      names = try TableSample.keys(lines)
      form.format = .jsonl
    } else {
      var fields = CSVFields()
      let first = try CSVHeader.peek(lines, &fields)
      if first.isEmpty { throw .noHeader(file: file) }
      let known = Set(columns.joined().map { $0.lowercased() })
      if first.contains(where: { known.contains($0.lowercased()) }) {
        names = first
      } else {
        names = columns.map { $0[0] }
        form.columns = names
        guesses.append("no header; the columns are " + names.joined(separator: ", "))
      }
    }
    self.form = form
  }

  /// The column that goes by one of `names`, an earlier one of them before a later one; nil where there is none.
  func find(_ names: [String]) -> String? {
    for name in names where self.names.contains(name) { return name }
    for name in names {
      if let found = self.names.first(where: { $0.lowercased() == name.lowercased() }) { return found }
    }
    return nil
  }

  func required(_ names: [String]) throws(ImportError) -> String {
    if let name = find(names) { return name }
    let header = Array(self.names.joined(separator: ",").utf8)
    throw .missingColumn(
      file: file, column: names[0], header: header.withUnsafeBufferPointer(\.excerpt))
  }
}
