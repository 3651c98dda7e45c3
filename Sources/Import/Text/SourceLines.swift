import IO
import Support

/// The lines of one source file, with the file's progress, its rule for malformed lines, the account of its
/// rows and its checksum.
final class SourceLines {
  let path: String
  /// Malformed lines that were skipped.
  private(set) var skipped: Int64 = 0
  /// What became of the rows.
  var account: RowAccount
  private let reader: LineReader
  private let malformed: MalformedLines
  private let progress: ImportProgress
  private var told: Int64 = 0
  /// Rows after which no further line is read; nil for all.
  var rowLimit: Int?
  /// With a limit: bytes of the lines that were taken, and whether there are others.
  private(set) var head = (bytes: 0, isWhole: true)
  /// A line that was looked at and not yet taken.
  private var held: Line?
  /// Number of the line that messages are about: of the row that is read.
  private(set) var number = 0

  /// - Parameters:
  ///   - text: the file's text, where others read it.
  ///   - name: what messages call the file, where that is not its path.
  init(
    path: String, text: (any TextSource)? = nil, knownAs name: String? = nil, malformed: MalformedLines,
    progress: @escaping ImportProgress
  ) throws(ImportError) {
    self.path = name ?? path
    self.malformed = malformed
    self.progress = progress
    account = RowAccount(file: name ?? path)
    if let text { reader = LineReader(text) } else { reader = try LineReader(path: path) }
    tell()
  }

  /// The next line as it is; nil at the end of the file.
  func next() throws(ImportError) -> Line? {
    if let rowLimit, account.rows >= rowLimit {
      if head.isWhole { head.isWhole = try reader.next() == nil }
      return nil
    }
    var line = held
    held = nil
    if line == nil { line = try reader.next() }
    number = reader.number
    return line
  }

  /// Puts up to `limit` further lines that are not blank into `lines`, with their numbers; all are valid until the next
  /// call. None at the end of the file.
  func next(_ limit: Int, into lines: inout GrowableBuffer<NumberedLine>) throws(ImportError) {
    lines.removeAll()
    var line = try next()
    while let present = line {
      if present.count > 0 { lines.append(NumberedLine(line: present, number: reader.number)) }
      if lines.count == limit { break }
      line = lines.count == 0 ? try next() : reader.nextHeld()
    }
    if rowLimit != nil { for index in 0..<lines.count { head.bytes += lines.pointer[index].line.count + 1 } }
    if reader.text.offset - told >= 8 << 20 || lines.count == 0 { tell() }
  }

  /// Whether the next line has `text` in it; the line stays to be read.
  func firstLine(contains text: StaticString) throws(ImportError) -> Bool {
    let pattern = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return try firstLine { line in
      guard line.count >= pattern.count else { return false }
      return (0...line.count - pattern.count).contains {
        line[$0..<$0 + pattern.count].elementsEqual(pattern)
      }
    }
  }

  /// What `body` says of the next line, which stays to be read; false at the end of the file.
  func firstLine(_ body: (Bytes) -> Bool) throws(ImportError) -> Bool {
    guard let line = try next() else { return false }
    held = line
    return body(Bytes(line))
  }

  /// What a first line `sep=;`, as Excel writes it, says separates fields; nil, and nothing is taken, for any other line.
  func takeSeparator() throws(ImportError) -> UInt8? {
    guard number <= 1 else { return nil }
    var separator: UInt8?
    _ = try firstLine { line in
      let text = line.first == UInt8(ascii: "\"") ? Bytes(rebasing: line.dropFirst()) : line
      if text.starts(with: Array("sep=".utf8)), (5...6).contains(text.count) { separator = text[4] }
      return true
    }
    if separator != nil { _ = try next() }
    return separator
  }

  /// Whether the next line, which stays to be read, begins an object. Throws `ImportError.jsonArray` where it begins a
  /// list of objects.
  func holdObjects() throws(ImportError) -> Bool {
    var isArray = false
    let isObject = try firstLine { line in
      let text = line.trimmed
      if text.first == UInt8(ascii: "[") {
        let rest = Bytes(rebasing: text.dropFirst()).trimmed
        isArray = rest.count == 0 || rest.first == UInt8(ascii: "{")
      }
      guard text.first == UInt8(ascii: "{") else { return false }
      // `{3F25...}` is an id.
      let next = Bytes(rebasing: text.dropFirst()).trimmed.first
      return next == nil || [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "}")].contains(next)
    }
    if isArray { throw .jsonArray(file: path) }
    return isObject
  }

  /// Calls `body` for each further line that is not blank. What it throws either ends the import or skips
  /// the line, which must have left no trace by then.
  @inline(__always)
  func readAll(_ body: (Line) throws(MalformedLine) -> Void) throws(ImportError) {
    while let line = try next() {
      if reader.number & 0xFFF == 0 && reader.text.offset - told >= 8 << 20 { tell() }
      if line.count == 0 { continue }
      try row(at: reader.number) { () throws(MalformedLine) in try body(line) }
    }
    tell()
  }

  /// Counts line `number` as a row and calls `body`. What that throws either ends the import or skips the line, which must
  /// have left no trace by then.
  @inline(__always)
  func row(at number: Int, _ body: () throws(MalformedLine) -> Void) throws(ImportError) {
    self.number = number
    account.rows += 1
    do throws(MalformedLine) {
      try body()
    } catch {
      try refuse(error)
    }
  }

  /// The file and its checksum, once all lines are read.
  var source: Dataset.Provenance.Source {
    Dataset.Provenance.Source(path: path, sha256: reader.text.sha256)
  }

  /// Counts rows that the importer left out because of `what`.
  /// - Parameter isExpected: whether that is no sign of a mistake.
  func leaveOut(_ what: String, _ tally: LineTally, isExpected: Bool = true) {
    account.leaveOut(what, count: tally.count, line: tally.line, isExpected: isExpected)
  }

  @inline(never)
  private func refuse(_ reason: MalformedLine) throws(ImportError) {
    switch malformed {
    case .fail: throw .malformedLine(file: path, line: number, reason: reason)
    case .skip:
      skipped += 1
      account.leaveOut(reason.kind, line: number, example: "\(reason)")
      if skipped <= ImportEvent.reportedLines {
        progress(.skipped(file: path, line: number, reason: reason))
      }
    }
  }

  private func tell() {
    told = reader.text.offset
    progress(.reading(file: path, bytes: told, size: reader.text.size, lines: reader.number))
  }
}

/// A line and its number, from 1.
struct NumberedLine: BitwiseCopyable {
  let line: Line
  let number: Int
}
