import Support

extension Predictions {
  /// Writes the rows as the file `path`, whole or not at all: separated by commas, with a header; numbers with as many
  /// digits as give them back to the bit. Throws a file error.
  package func writeCSV(to path: String) throws {
    try AtomicFile.write(to: path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "create", code: errno) }
      defer { close(descriptor) }
      var text =
        "user,item" + (hasTimes ? ",time" : "") + ",method" + (isRanked ? ",rank" : "")
        + ",logit,probability\n"
      for (index, row) in rows.enumerated() {
        text += Predictions.field(users[Int(row.user)]) + "," + Predictions.field(items[Int(row.item)])
        if hasTimes { text += ",\(row.time)" }
        text += ",\(methods[Int(row.method)])"
        if isRanked { text += ",\(row.rank)" }
        text += ",\(row.logit),\(row.probability)\n"
        guard text.utf8.count > 1 << 20 || index == rows.count - 1 else { continue }
        guard writeAll(text, to: descriptor) else {
          throw SystemError.failed(file: path, action: "write", code: errno)
        }
        text = ""
      }
    }
  }

  /// A field in quotes where it would not be read as it is without.
  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 < 0x20 }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
