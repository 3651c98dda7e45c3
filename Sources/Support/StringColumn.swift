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
    let bytes = Column<UInt8>(uninitialized: strings.count * width)
    var (start, row) = (0, 0)
    for string in strings {
      var place = start
      for byte in string.utf8 {
        bytes.values[place] = byte
        place += 1
      }
      start += width
      while place < start {
        bytes.values[place] = 0
        place += 1
      }
      row += 1
      if row & 0xFFFF == 0 { Spill.checkpoint() }
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
