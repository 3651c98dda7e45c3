import IO
import Support

/// `run.log` of a run's folder: what its commands have printed, each between two lines of the sweep's own.
struct RunLog {
  let path: String

  init(_ path: String) { self.path = path }

  private static let mark = "== "
  private static let failed = "\(mark)failed"

  /// Notes that `command` begins.
  func begin(_ command: [String]) throws {
    try append("\(RunLog.mark)\(FileHeader.timestamp()) \(shellText(command))\n")
  }

  /// Notes how the command ended; `failure` is its exit status, nil where it did not fail.
  func end(failure: Int32?) throws {
    try append(failure.map { "\(RunLog.failed), exit status \($0)\n" } ?? "\(RunLog.mark)ended\n")
  }

  /// What the last command said before it failed: its error, or else the first line of what a launcher frames with dashes, or
  /// its last line. Nil where it did not fail.
  var failure: String? {
    guard let bytes = try? TextFile.bytes(path) else { return nil }
    var lines = String(decoding: bytes.suffix(1 << 16), as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let last = lines.popLast(), last.hasPrefix(RunLog.failed) else { return nil }
    let own = lines.suffix(while: { !$0.hasPrefix(RunLog.mark) })
    let line =
      own.last { $0.hasPrefix("lcft: ") }?.dropFirst("lcft: ".count) ?? RunLog.framed(own)
      ?? own.last { RunLog.says($0) } ?? last.dropFirst(RunLog.mark.count)
    return String(line)
  }

  /// The first line after one of dashes.
  private static func framed(_ lines: some Collection<Substring>) -> Substring? {
    lines.drop { !$0.hasPrefix("-----") || says($0) }.first { says($0) }
  }

  private static func says(_ line: Substring) -> Bool { line.contains { $0.isLetter || $0.isNumber } }

  private func append(_ text: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "create", code: errno) }
    defer { close(descriptor) }
    guard writeAll(text, to: descriptor) else {
      throw SystemError.failed(file: path, action: "write", code: errno)
    }
  }
}

extension Array {
  /// The last elements that all fulfil `condition`.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? 0)...]
  }
}
