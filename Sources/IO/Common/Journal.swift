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
  /// one whose first record is not whole (its writer was killed before it wrote anything else).
  ///
  /// Throws `SystemError` where the file cannot be read, and `FileError` where it is no journal.
  package static func read(
    _ path: String, settings check: (Settings) throws -> Void = { _ in },
    record: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Contents? {
    guard access(path, F_OK) == 0 else { return nil }
    let size = try FileStatus.sizeOfReadableFile(path)
    guard let file = fopen(path, "re") else {
      throw SystemError.failed(file: path, action: "open", code: errno)
    }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: magic.count)
    let found = fread(&start, 1, start.count, file)
    guard found == magic.count else { return nil }
    guard start == magic else {
      throw FileError.wrongFormat(file: path, expected: "a journal", found: "another")
    }
    var contents: Contents?
    var end = magic.count
    var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while let payload = try nextRecord(file, left: size - end, &buffer, path) {
      end += headerBytes + payload.count
      if contents == nil {
        let settings = settings(String(decoding: payload, as: UTF8.self))
        try check(settings)
        contents = Contents(settings: settings, bytes: end)
      } else {
        try record(payload)
        contents?.bytes = end
      }
    }
    return contents
  }

  /// The next whole record, in `buffer`; nil at the end of what is whole.
  private static func nextRecord(
    _ file: UnsafeMutablePointer<FILE>, left: Int, _ buffer: inout UnsafeMutableRawBufferPointer,
    _ path: String
  ) throws -> UnsafeRawBufferPointer? {
    var header: (length: UInt32, checksum: UInt32) = (0, 0)
    guard left >= headerBytes, fread(&header, headerBytes, 1, file) == 1 else { return nil }
    let length = Int(header.length)
    guard length <= left - headerBytes else { return nil }
    if buffer.count < length {
      buffer.deallocate()
      buffer = .allocate(byteCount: max(length, 2 * buffer.count), alignment: 16)
    }
    guard fread(buffer.baseAddress, 1, length, file) == length else {
      if ferror(file) != 0 { throw SystemError.failed(file: path, action: "read", code: errno) }
      return nil
    }
    let payload = UnsafeRawBufferPointer(rebasing: buffer[..<length])
    return checksum(header.length, payload) == header.checksum ? payload : nil
  }
}
