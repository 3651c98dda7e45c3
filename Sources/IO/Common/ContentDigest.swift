import HDF5
import Support

#if _endian(big)
  #error("files and digests are little-endian; columns would have to be swapped here")
#endif

/// The SHA-256 of a file's numeric content, equal for equal columns whatever the chunks, the compression, the
/// width of the strings or the time of writing.
///
/// Each column is digested as one line of ASCII, `PATH TYPE SHAPE` and a line feed, followed by its values:
/// `PATH` is the column's path in the file, `TYPE` one of `uint8 int32 int64 float32 float64 utf8`, `SHAPE`
/// the sizes joined by `x` (empty for a scalar). Numbers follow as little-endian bytes, row-major; enums as
/// uint8; strings as their UTF-8 bytes, each followed by one NUL. So
/// `h.update(b"/events/item int32 3\n"); h.update(column.astype("<i4").tobytes())` does it in Python.
///
/// Which columns, and in which order, is said by `contentDigest()` of `Dataset`, `Checkpoint` and `Results`.
package struct ContentDigest {
  private let hash = SHA256()

  package init() {}

  /// Adds a column of numbers of `shape` (one dimension where nil).
  package mutating func add<T: HDF5.Scalar>(
    _ path: String, _ values: UnsafeBufferPointer<T>, shape: [Int]? = nil
  ) {
    addHeader(path, T.typeName, shape ?? [values.count])
    hash.update(UnsafeRawBufferPointer(values))
  }

  package mutating func add<T: HDF5.Scalar>(_ path: String, _ column: Column<T>, shape: [Int]? = nil) {
    withExtendedLifetime(column) { add(path, UnsafeBufferPointer(column.values), shape: shape) }
  }

  package mutating func add<T: HDF5.Scalar>(_ path: String, _ values: [T], shape: [Int]? = nil) {
    values.withUnsafeBufferPointer { add(path, $0, shape: shape) }
  }

  package mutating func add(_ path: String, _ values: [some HDF5.Enumeration]) {
    add(path, values.map(\.rawValue))
  }

  /// Adds a column of strings.
  package mutating func add(_ path: String, _ strings: StringColumn) {
    addHeader(path, "utf8", [strings.count])
    let bytes = strings.bytes.pointer
    var piece: [UInt8] = []
    piece.reserveCapacity((64 << 10) + strings.width + 1)
    for row in 0..<strings.count {
      var index = row * strings.width
      let end = index + strings.width
      while index < end, bytes[index] != 0 {
        piece.append(bytes[index])
        index += 1
      }
      piece.append(0)
      if piece.count >= 64 << 10 {
        hash.update(piece)
        piece.removeAll(keepingCapacity: true)
      }
    }
    hash.update(piece)
    withExtendedLifetime(strings) {}
  }

  private mutating func addHeader(_ path: String, _ type: String, _ shape: [Int]) {
    let sizes = shape.map(String.init).joined(separator: "x")
    hash.update(Array("\(path) \(type) \(sizes)\n".utf8))
  }

  /// The digest of everything added, in hexadecimal.
  package consuming func finalize() -> String {
    hash.hexDigest()
  }
}
