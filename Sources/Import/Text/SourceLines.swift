import IO
import Support

/// The lines of one source file, with the file's progress, its rule for malformed lines and its checksum.
final class SourceLines {
  let path: String
  private(set) var skipped: Int64 = 0
  private let reader: LineReader
  private let malformed: MalformedLines
  private let progress: ImportProgress
  private var told: Int64 = 0
  /// A line that was looked at and not yet taken.
  private var held: Line?

  init(path: String, malformed: MalformedLines, progress: @escaping ImportProgress) throws(ImportError) {
    self.path = path
    self.malformed = malformed
    self.progress = progress
    reader = try LineReader(path: path)
    tell()
  }

  /// The next line as it is; nil at the end of the file.
  func next() throws(ImportError) -> Line? {
    if let line = held {
      held = nil
      return line
    }
    return try reader.next()
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

  /// Calls `body` for each further line that is not blank. What it throws either ends the import or skips
  /// the line, which must have left no trace by then.
  @inline(__always)
  func readAll(_ body: (Line) throws(MalformedLine) -> Void) throws(ImportError) {
    while let line = try next() {
      if reader.number & 0xFFF == 0 { tellFrom(8 << 20) }
      if line.count == 0 { continue }
      do throws(MalformedLine) {
        try body(line)
      } catch {
        try refuse(error)
      }
    }
    tell()
  }

  /// Number of the line read last.
  var number: Int { reader.number }

  /// The file and its checksum, once all lines are read.
  var source: Dataset.Provenance.Source {
    Dataset.Provenance.Source(path: path, sha256: reader.source.file.sha256)
  }

  @inline(never)
  private func refuse(_ reason: MalformedLine) throws(ImportError) {
    switch malformed {
    case .fail: throw .malformedLine(file: path, line: reader.number, reason: reason)
    case .skip:
      skipped += 1
      if skipped <= ImportEvent.reportedLines {
        progress(.skipped(file: path, line: reader.number, reason: reason))
      }
    }
  }

  private func tellFrom(_ bytes: Int64) {
    if reader.source.file.offset - told >= bytes { tell() }
  }

  private func tell() {
    let file = reader.source.file
    told = file.offset
    progress(.reading(file: path, bytes: file.offset, size: file.size, lines: reader.number))
  }
}
