/// The text of a file, plain or gzip, streamed; which of the two is told by the first two bytes, not by
/// the name.
package final class ByteSource {
  package let file: FileBytes
  private let inflater: GzipInflater?
  /// The first bytes of a plain file, read to tell its kind.
  private var leading: [UInt8]

  package init(path: String) throws(ImportError) {
    file = try FileBytes(path: path)
    let magic = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    defer { magic.deallocate() }
    var count = 0
    while count < magic.count {
      let got = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: magic[count...]))
      if got == 0 { break }
      count += got
    }
    let bytes = Array(magic[..<count])
    if bytes == [0x1F, 0x8B] {
      inflater = GzipInflater(file, leading: bytes)
      leading = []
    } else {
      inflater = nil
      leading = bytes
    }
  }

  package var isCompressed: Bool { inflater != nil }

  /// Fills the front of `buffer` with text and returns how many bytes came, 0 only at the end.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if let inflater { return try inflater.read(into: buffer) }
    if leading.isEmpty { return try file.read(into: buffer) }
    let count = min(leading.count, buffer.count)
    buffer.copyBytes(from: leading[..<count])
    leading.removeFirst(count)
    return count
  }
}
