/// What a command would do, as `--dry-run` prints it: rows of a name and its lines.
package func dryRunText(_ rows: [(name: String, lines: [String])]) -> String {
  var text = "Dry run, nothing is touched. The command would"
  for row in rows {
    for (index, line) in row.lines.enumerated() {
      text += "\n  \(pad(index == 0 ? row.name : "", 9, right: false))\(line)"
    }
  }
  return text
}
