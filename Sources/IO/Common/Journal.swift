import CZlib
import Support

/// A file that only grows, record by record, for what must outlive its process whenever that ends.
///
/// After the eight bytes `LCFTJRN1` come records: length and checksum (CRC-32 of the length and the payload) as
/// uint32, then the payload. The first record says what the records belong to: one setting per line. A record that was
/// cut short, by a kill or a full disk, ends the file for its readers and is overwritten by the next writer.
/// Every record reaches the operating system at once and the disk now and then: what a kill of the process
/// leaves is whole, what a fall of the machine leaves is at most `syncSeconds` older.
package final class Journal {
  /// What the records belong to: a setting and its value, on one line each.
  package typealias Settings = [(name: String, value: String)]

  /// Throws `FileError.otherSettings`, which names `file`, unless `found` are the settings `wanted`.
  package static func check(_ found: Settings, are wanted: Settings, file: String) throws {
    let old = Dictionary(found.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(wanted.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    for name in wanted.map(\.name) + found.map(\.name) where old[name] != new[name] {
      throw FileError.otherSettings(
        file: file, setting: name, found: old[name] ?? "(not given)", wanted: new[name] ?? "(not given)")
    }
  }

  /// Settings as text, one per line, and back.
  package static func text(_ settings: Settings) -> String {
    settings.map { "\($0.name)\t\($0.value)\n" }.joined()
  }

  package static func settings(_ text: String) -> Settings {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  package let path: String
  /// Bytes up to the end of the last whole record.
  package private(set) var bytes: Int
  private let descriptor: Int32
  private let syncSeconds: Double
  private var lastSync = steadySeconds()

  private static let magic = Array("LCFTJRN1".utf8)
  private static let headerBytes = 8

  /// Makes the journal `path`, in place of what was there, for records of `settings`. Throws `SystemError`.
  package init(creating path: String, _ settings: Settings, syncSeconds: Double = 10) throws {
    try FileStatus.checkReplaceable(path)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "create", code: errno) }
    self.path = path
    self.syncSeconds = syncSeconds
    bytes = 0
    try Journal.magic.withUnsafeBytes { try write([$0]) }
    try Array(Journal.text(settings).utf8).withUnsafeBytes { try append($0) }
    try sync()
    try AtomicFile.syncFolder(of: path)
  }

  /// Opens the journal `path` for more records after its last whole one, which `contents` found. Throws
  /// `SystemError`.
  package init(appendingTo path: String, after contents: Contents, syncSeconds: Double = 10) throws {
    descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "open", code: errno) }
    self.path = path
    self.syncSeconds = syncSeconds
    bytes = contents.bytes
    guard ftruncate(descriptor, off_t(bytes)) == 0, lseek(descriptor, off_t(bytes), SEEK_SET) == bytes else {
      throw SystemError.failed(file: path, action: "continue", code: errno)
    }
  }

  deinit { close(descriptor) }

  /// Adds a record. Throws `SystemError` (a full disk), and leaves whole what was there before.
  package func append(_ payload: UnsafeRawBufferPointer) throws {
    precondition(payload.count <= Int(UInt32.max), "a record has less than 4 GB")
    var length = UInt32(payload.count)
    let checksum = Journal.checksum(length, payload)
    try withUnsafeBytes(of: &length) { length in
      try withUnsafeBytes(of: checksum) { try write([length, $0, payload]) }
    }
    if steadySeconds() - lastSync > syncSeconds { try sync() }
  }

  /// Waits until everything is on the disk.
  package func sync() throws {
    lastSync = steadySeconds()
    guard syncAll(descriptor) else { throw SystemError.failed(file: path, action: "sync", code: errno) }
  }

  private func write(_ parts: [UnsafeRawBufferPointer]) throws {
    for part in parts where !writeAll(part, to: descriptor) {
      let code = errno
      if ftruncate(descriptor, off_t(bytes)) == 0 { lseek(descriptor, off_t(bytes), SEEK_SET) }
      throw SystemError.failed(file: path, action: "append to", code: code)
    }
    bytes += parts.reduce(0) { $0 + $1.count }
  }

  private static func checksum(_ length: UInt32, _ payload: UnsafeRawBufferPointer) -> UInt32 {
    var sum = crc32(0, nil, 0)
    sum = withUnsafeBytes(of: length) { crc32(sum, $0.bindMemory(to: UInt8.self).baseAddress, 4) }
    guard let base = payload.bindMemory(to: UInt8.self).baseAddress else { return UInt32(sum) }
    return UInt32(crc32_z(sum, base, payload.count))
  }
}

extension Journal {
  /// What a journal holds: its settings, and where its last whole record ends.
  package struct Contents {
    package var settings: Settings
    package var bytes: Int
  }

  /// Reads the whole records of the journal `path` and hands them to `record` one after the other, after the
  /// settings to `settings`, which throws where they are others than expected. Nil where there is no file, or
  /// one whose first record is not whole (its writer ended before it wrote anything else).
  ///
  /// Throws `SystemError` where the file cannot be read, and `FileError` where it is no journal.
  package static func read(
    _ path: String, settings check: (Settings) throws -> Void = { _ in },
    record: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Contents? {
    guard let records = try RecordReader(path), let settings = try records.next(settings) else { return nil }
    try check(settings)
    while try records.next(record) != nil {}
    return Contents(settings: settings, bytes: records.end)
  }

  /// The settings that the journal `path` begins with; nil, and throws, as `read` does.
  package static func settings(of path: String) throws -> Settings? {
    try RecordReader(path)?.next(settings)
  }

  private static func settings(_ record: UnsafeRawBufferPointer) -> Settings {
    settings(String(decoding: record, as: UTF8.self))
  }

  /// Reads a journal record by record.
  private final class RecordReader {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private let size: Int
    private var buffer: UnsafeMutableRawBufferPointer
    /// Bytes up to the end of the last record.
    private(set) var end = Journal.magic.count

    /// Nil where there is no file, or not all of a journal's first bytes: a loss of power leaves zeros for them, or less.
    init?(_ path: String) throws {
      guard access(path, F_OK) == 0 else { return nil }
      size = try FileStatus.sizeOfReadableFile(path)
      guard let file = fopen(path, "re") else {
        throw SystemError.failed(file: path, action: "open", code: errno)
      }
      self.path = path
      self.file = file
      buffer = .allocate(byteCount: 1 << 16, alignment: 16)
      var start = [UInt8](repeating: 0, count: Journal.magic.count)
      guard try read(into: &start, start.count), start.contains(where: { $0 != 0 }) else { return nil }
      guard start == Journal.magic else {
        throw FileError.wrongFormat(file: path, expected: "a journal", found: "another")
      }
    }

    /// False where the file ends before.
    private func read(into target: UnsafeMutableRawPointer?, _ count: Int) throws -> Bool {
      guard let target, count > 0, fread(target, count, 1, file) != 1 else { return true }
      guard ferror(file) == 0 else { throw SystemError.failed(file: path, action: "read", code: errno) }
      return false
    }

    deinit {
      fclose(file)
      buffer.deallocate()
    }

    /// What `body` makes of the next whole record; nil at the end of what is whole.
    func next<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value? {
      let left = size - end
      var header: (length: UInt32, checksum: UInt32) = (0, 0)
      guard left >= Journal.headerBytes, try read(into: &header, Journal.headerBytes) else { return nil }
      let length = Int(header.length)
      guard length <= left - Journal.headerBytes else { return nil }
      if buffer.count < length {
        buffer.deallocate()
        buffer = .allocate(byteCount: max(length, 2 * buffer.count), alignment: 16)
      }
      guard try read(into: buffer.baseAddress, length) else { return nil }
      let payload = UnsafeRawBufferPointer(rebasing: buffer[..<length])
      guard Journal.checksum(header.length, payload) == header.checksum else { return nil }
      end += Journal.headerBytes + length
      return try body(payload)
    }
  }
}
