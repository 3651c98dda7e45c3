import Support

/// What a rank reads of a file's text without a break.
protocol PartOfText: AnyObject {
  /// The file's size on disk.
  var size: Int64 { get }
  /// Bytes of the file that have been read.
  var offset: Int64 { get }
  /// Once `next` has returned nil: the file's SHA-256, in hexadecimal, or the checksum of a stretch of it.
  var digest: String { get }

  /// The next piece, valid until the next call; nil at the end.
  func next() throws(ImportError) -> Bytes?
}

/// All of it, inflated.
final class WholeText: PartOfText {
  private let text: ReadAhead

  init(path: String) throws(ImportError) { text = try ReadAhead(path: path, blockSize: 1 << 20) }

  var size: Int64 { text.size }
  var offset: Int64 { text.offset }
  var digest: String { text.sha256 }

  func next() throws(ImportError) -> Bytes? {
    let piece = try text.next()
    text.release()
    return piece.map { Bytes($0) }
  }
}

/// A range of the bytes of a file that is not compressed.
final class FileStretch: PartOfText {
  private let path: String
  private let range: Range<Int64>
  private let descriptor: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  private var checksum = TextChecksum()
  let size: Int64
  private(set) var offset: Int64

  init(path: String, _ range: Range<Int64>) throws(ImportError) {
    self.path = path
    self.range = range
    offset = range.lowerBound
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    guard descriptor >= 0 else { throw .cannotOpen(file: path, code: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  var digest: String { "\(checksum.value)" }

  func next() throws(ImportError) -> Bytes? {
    let wanted = min(buffer.count, Int(range.upperBound - offset))
    if wanted == 0 { return nil }
    var count: Int
    repeat {
      count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset))
    } while count < 0 && errno == EINTR
    if count < 0 { throw .cannotRead(file: path, offset: offset, code: errno) }
    if count == 0 { throw .changed(file: path) }
    offset += Int64(count)
    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    checksum.add(piece)
    return piece.bindMemory(to: UInt8.self)
  }
}
