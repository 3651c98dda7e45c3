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
    bytes.values.initialize(repeating: 0)
    for (row, string) in strings.enumerated() {
      for (offset, byte) in string.utf8.enumerated() { bytes.values[row * width + offset] = byte }
    }
    self.init(width: width, bytes: bytes)
  }

  package var count: Int { bytes.count / width }

  package subscript(row: Int) -> String {
    let value = bytes.values[row * width..<(row + 1) * width]
    return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
  }
}
