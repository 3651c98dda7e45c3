import Foundation
import Support

/// `progress.jsonl`: how far a run is and has been, a line of JSON per event, for other programs and for other hosts that
/// see the folder.
///
/// Every line is one write and one file handle of its own, so that a network's file system shows it at once, and what a
/// kill leaves is whole but for its last line. A file that grows beyond `limit` is thinned. It is a help and no result: a
/// run goes on where it cannot be written.
package final class ProgressFile: ProgressListener {
  private let path: String
  private let memory: () -> Int
  private let limit: Int
  private var bytes = 0
  private var isBroken = false

  /// Continues the file `path`, after its last whole line. `memory` tells what this process takes. Of a file of more than
  /// `limit` bytes a part of the lines is dropped. Where the file cannot be written, a warning says so once.
  package init(_ path: String, limit: Int = 8 << 20, memory: @escaping () -> Int) {
    self.path = path
    self.memory = memory
    self.limit = limit
    attempt {
      try FileStatus.checkReplaceable(path)
      guard access(path, F_OK) == 0 else { return }
      let text = try ProgressFile.bytes(of: path)
      let whole = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      bytes = whole
      if whole < text.count, truncate(path, off_t(whole)) != 0 {
        throw SystemError.failed(file: path, action: "continue", code: errno)
      }
    }
  }

  package func interval(after events: Int) -> Double {
    ProgressDistances.next(after: events)
  }

  package func receive(_ event: ProgressEvent) { append(ProgressRecord(event, memory: memory())) }

  package func append(_ record: ProgressRecord) {
    attempt {
      let line = try record.line()
      let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
      guard file >= 0 else { throw SystemError.failed(file: path, action: "open", code: errno) }
      let isWritten = writeAll(line, to: file)
      let code = errno
      close(file)
      guard isWritten else { throw SystemError.failed(file: path, action: "append to", code: code) }
      bytes += line.utf8.count
      if bytes > limit { try thin() }
    }
  }

  private func attempt(_ body: () throws -> Void) {
    guard !isBroken else { return }
    do { try body() } catch {
      isBroken = true
      StandardError.write("warning: \(StandardError.line(error)); the run goes on and keeps no progress\n")
    }
  }

  /// Drops every other line but starts and ends, until half of `limit` is free.
  private func thin() throws {
    var lines = try ProgressFile.lines(of: path)
    func size() -> Int { lines.reduce(0) { $0 + $1.utf8.count + 1 } }
    while size() > limit / 2 {
      let before = lines.count
      var others = 0
      // From the end, where the latest line is kept.
      let kept = lines.reversed().filter { line in
        if line.contains("\"event\":\"start\"") || line.contains("\"event\":\"end\"") { return true }
        others += 1
        return !others.isMultiple(of: 2)
      }
      lines = kept.reversed()
      // Nothing but starts and ends.
      if lines.count == before { lines.removeFirst(max(1, lines.count / 2)) }
    }
    bytes = size()
    try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: path)
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    _ = try FileStatus.sizeOfReadableFile(path)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SystemError.failed(file: path, action: "read", code: errno)
    }
    return [UInt8](data)
  }

  private static func lines(of path: String) throws -> [Substring] {
    String(decoding: try bytes(of: path), as: UTF8.self).split(separator: "\n")
  }

  /// The whole lines of the file `path` that are records, in their order; none where there is no file. Throws
  /// `SystemError` where it cannot be read.
  package static func read(_ path: String) throws -> [ProgressRecord] {
    guard access(path, F_OK) == 0 || errno != ENOENT else { return [] }
    return try lines(of: path).compactMap { ProgressRecord(line: $0) }
  }
}
