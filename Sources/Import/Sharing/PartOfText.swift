import Support

/// What a rank reads of a file's text without a break.
protocol PartOfText: AnyObject {
  /// The file's size on disk.
  var size: Int64 { get }
  /// Bytes of the file that have been read.
  var offset: Int64 { get }
  /// The file's SHA-256, in hexadecimal, once `next` has returned nil; empty where it is another's to make.
  var digest: String { get }

  /// The next piece, valid until the next call; nil at the end.
  func next(_ bytes: Int) throws(ImportError) -> Bytes?
}

/// All of it, inflated.
final class WholeText: PartOfText {
  private let text: ReadAhead

  init(path: String) throws(ImportError) { text = try ReadAhead(path: path, blockSize: 1 << 20) }

  var size: Int64 { text.size }
  var offset: Int64 { text.offset }
  var digest: String { text.sha256 }

  func next(_ bytes: Int) throws(ImportError) -> Bytes? {
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
  private var buffer = GrowableBuffer<UInt8>()
  let size: Int64
  private(set) var offset: Int64
  let digest = ""

  init(path: String, _ range: Range<Int64>) throws(ImportError) {
    self.path = path
    self.range = range
    offset = range.lowerBound
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(file: path, code: errno) }
    self.descriptor = descriptor
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  deinit { close(descriptor) }

  func next(_ bytes: Int) throws(ImportError) -> Bytes? {
    let wanted = min(bytes, Int(range.upperBound - offset))
    let start = buffer.resetUninitialized(bytes)
    while wanted > 0 {
      let count = pread(descriptor, start, wanted, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .cannotRead(file: path, offset: offset, code: errno) }
      offset += Int64(count)
      return count == 0 ? nil : Bytes(start: start, count: count)
    }
    return nil
  }
}
