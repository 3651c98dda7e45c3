/// A column of identifiers as HDF5 stores them here: UTF-8 of one fixed width, padded with NUL. Unlike
/// variable-length strings these are compressed, are read in one call and show as text in every tool.
package struct StringColumn: Sendable, Codable {
  /// Bytes per value, at least 1.
  package let width: Int
  /// `count * width` bytes.
  package let bytes: Column<UInt8>

  package init(width: Int, bytes: Column<UInt8>) {
    precondition(width > 0 && bytes.count % width == 0, "a string column holds whole values")
    self.width = width
    self.bytes = bytes
  }

  package init(_ strings: some Collection<String>) {
    let width = Swift.max(1, strings.lazy.map(\.utf8.count).max() ?? 1)
    var rest = strings.makeIterator()
    self.init(count: strings.count, width: width) { _, target in
      var length = 0
      for byte in rest.next()?.utf8 ?? "".utf8 {
        target[length] = byte
        length += 1
      }
      return length
    }
  }

  /// `count` values of up to `width` bytes; `write` puts those of each, in order, where it is told, and returns how many
  /// they are.
  package init(
    count: Int, width: Int, _ write: (_ row: Int, _ target: UnsafeMutablePointer<UInt8>) -> Int
  ) {
    let bytes = Column<UInt8>(uninitialized: count * width)
    // What is written and what it is made of.
    for rows in Pieces(count, bytesPerRow: 2 * width) {
      for row in rows {
        let target = bytes.values.baseAddress! + row * width
        let length = write(row, target)
        (target + length).update(repeating: 0, count: width - length)
      }
    }
    self.init(width: width, bytes: bytes)
  }

  package var count: Int { bytes.count / width }

  package subscript(row: Int) -> String { String(decoding: bytes(ofRow: row), as: UTF8.self) }

  /// The bytes of row `row` without the padding, valid as long as the column lives.
  package func bytes(ofRow row: Int) -> UnsafeBufferPointer<UInt8> {
    let start = bytes.pointer + row * width
    var length = 0
    while length < width && start[length] != 0 { length += 1 }
    return UnsafeBufferPointer(start: start, count: length)
  }
}
