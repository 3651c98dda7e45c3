import Support

/// What a rank reads of a file's text without a break.
protocol PartOfText: AnyObject {
  /// The file's size on disk.
  var size: Int64 { get }
  /// Bytes of the file that have been read.
  var offset: Int64 { get }
  /// SHA-256 of what was read of the file, in hexadecimal, once `next` has returned nil.
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
  private let file: FileBytes
  private let end: Int64
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

  init(path: String, _ range: Range<Int64>) throws(ImportError) {
    file = try FileBytes(path: path, from: range.lowerBound)
    end = range.upperBound
  }

  deinit { buffer.deallocate() }

  var size: Int64 { file.size }
  var offset: Int64 { file.offset }
  var digest: String { file.sha256 }

  func next() throws(ImportError) -> Bytes? {
    guard let piece = try file.next(buffer, upTo: end) else { return nil }
    return piece.bindMemory(to: UInt8.self)
  }
}

extension FileBytes {
  /// The next bytes, in `buffer`, of those before `end`; nil where there are none. Throws `ImportError.changed` where the file
  /// ends before.
  func next(
    _ buffer: UnsafeMutableRawBufferPointer, upTo end: Int64
  ) throws(ImportError) -> UnsafeRawBufferPointer? {
    let wanted = min(buffer.count, Int(end - offset))
    if wanted == 0 { return nil }
    let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    if count == 0 { throw .changed(file: path) }
    return UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }
}
