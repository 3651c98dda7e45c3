/// The text of a file, plain or gzip, streamed; which of the two is told by the first two bytes, not by
/// the name. A file of another kind (an archive, a table in binary, another encoding) is refused by its name.
package final class ByteSource {
  package let file: FileBytes
  private let inflater: GzipInflater?
  var isCompressed: Bool { inflater != nil }
  /// The first bytes of the text, read to tell what it is.
  private var leading: [UInt8]

  package init(path: String) throws(ImportError) {
    file = try FileBytes(path: path)
    let source = file
    let raw = try ByteSource.first { buffer throws(ImportError) in try source.read(into: buffer) }
    if raw.starts(with: [0x1F, 0x8B]) {
      let inflater = GzipInflater(file, leading: raw)
      self.inflater = inflater
      leading = try ByteSource.first { buffer throws(ImportError) in try inflater.read(into: buffer) }
    } else {
      inflater = nil
      leading = raw
    }
    if let signature = FileSignature(leading) { throw .otherKind(file: path, signature) }
  }

  /// Fills the front of `buffer` with text and returns how many bytes came, 0 only at the end.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if leading.isEmpty {
      if let inflater { return try inflater.read(into: buffer) }
      return try file.read(into: buffer)
    }
    let count = min(leading.count, buffer.count)
    buffer.copyBytes(from: leading[..<count])
    leading.removeFirst(count)
    return count
  }

  /// The first bytes that `read` gives, as many as a signature needs or as there are.
  private static func first(
    _ read: (UnsafeMutableRawBufferPointer) throws(ImportError) -> Int
  ) throws(ImportError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSignature.bytes, alignment: 1)
    defer { buffer.deallocate() }
    var count = 0
    while count < buffer.count {
      let got = try read(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if got == 0 { break }
      count += got
    }
    return Array(buffer[..<count])
  }
}
