import Support

extension RowAccount {
  /// The account of the file as a few lines.
  package var lines: [String] {
    var lines: [String] = []
    var text = "\(counted(rows, "row")) read, \(usedRows) used"
    if leftOutRows > 0 {
      text = "\(leftOutRows) of \(counted(rows, "row")) left out, \(usedRows) used"
    }
    lines.append("\(quoted(file)): \(text)")
    for entry in leftOut { lines.append(accountLine("  left out", RowAccount.described(entry))) }
    for entry in lostValues { lines.append(accountLine("  no value", RowAccount.described(entry))) }
    return lines + columnLines
  }

  /// What was guessed of the file, and its columns.
  package var columnLines: [String] {
    var lines = guesses.map { accountLine("  guessed", $0) }
    if !usedColumns.isEmpty {
      let unused = unusedColumns.isEmpty ? "" : "; not used: " + RowAccount.names(unusedColumns)
      lines.append(accountLine("  columns", "used: " + RowAccount.names(usedColumns) + unused))
    }
    return lines
  }

  private static func described(_ entry: Entry) -> String {
    guard entry.line > 0 else { return "\(entry.count): \(entry.what)" }
    let saysMore = !entry.example.isEmpty && entry.example != entry.what
    let example = !saysMore ? "line \(entry.line)" : "line \(entry.line): \(entry.example)"
    return "\(entry.count): \(entry.what) (first in \(example))"
  }

  /// Up to 20 names; a wide table has more than anybody reads.
  private static func names(_ names: [String]) -> String {
    let shown = names.prefix(20).map { $0.isEmpty ? "(no name)" : $0 }.joined(separator: ", ")
    return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
  }
}

/// A line of an account: its name in a column of its own, and the text.
package func accountLine(_ name: String, _ text: String) -> String {
  name + String(repeating: " ", count: max(1, 12 - name.count)) + text
}
