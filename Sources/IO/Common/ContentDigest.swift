import HDF5
import Support

#if _endian(big)
  #error("files and digests are little-endian; columns would have to be swapped here")
#endif

/// The SHA-256 of columns of numbers and strings: equal for equal columns, whatever the chunks, the compression,
/// the width of the strings or the time of writing.
///
/// Each column is digested as one line of ASCII, `PATH TYPE SHAPE` and a line feed, followed by its values:
/// `PATH` is the column's path in the file, `TYPE` one of `uint8 int32 int64 float32 float64 utf8`, `SHAPE`
/// the sizes joined by `x` (empty for a scalar). Numbers follow as little-endian bytes, row-major; enums as
/// uint8; strings as their UTF-8 bytes, each followed by one NUL. So
/// `h.update(b"/events/item int32 3\n"); h.update(column.astype("<i4").tobytes())` does it in Python.
///
/// A file's `content_digest` is one such digest of its columns; `contentDigest()` of `Checkpoint`, `Results` and
/// the other kinds says of which, in which order. A data set's is a tree of them: `DatasetDigests`.
package struct ContentDigest {
  private let hash = SHA256()

  package init() {}

  /// Adds a column of numbers of `shape` (one dimension where nil).
  package mutating func add<T: HDF5.Scalar>(
    _ path: String, _ values: UnsafeBufferPointer<T>, shape: [Int]? = nil
  ) {
    begin(path, of: T.self, shape: shape ?? [values.count])
    add(values)
  }

  /// Begins a column of numbers of `shape`, whose values follow.
  package mutating func begin<T: HDF5.Scalar>(_ path: String, of type: T.Type, shape: [Int]) {
    addHeader(path, T.typeName, shape)
  }

  /// Adds the next values of the column that has begun.
  package mutating func add<T: HDF5.Scalar>(_ values: UnsafeBufferPointer<T>) {
    let bytes = UnsafeRawBufferPointer(values)
    for part in Pieces(bytes.count, bytesPerRow: 1) {
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[part]))
    }
  }

  package mutating func add<T: HDF5.Scalar>(_ path: String, _ column: Column<T>, shape: [Int]? = nil) {
    withExtendedLifetime(column) { add(path, UnsafeBufferPointer(column.values), shape: shape) }
  }

  package mutating func add<T: HDF5.Scalar>(_ path: String, _ values: [T], shape: [Int]? = nil) {
    values.withUnsafeBufferPointer { add(path, $0, shape: shape) }
  }

  package mutating func add(_ path: String, _ values: Column<some HDF5.Enumeration>) {
    let raw: Column<UInt8> = values.map(\.rawValue)
    add(path, raw)
  }

  /// Adds the values of `rows` as a column of their own.
  package mutating func add<T: HDF5.Scalar>(_ path: String, _ column: Column<T>, rows: Range<Int>) {
    withExtendedLifetime(column) { add(path, UnsafeBufferPointer(rebasing: column.values[rows])) }
  }

  /// Adds the offsets of the ranges numbered `ranges` as a column of their own, which starts at 0: of `ranges.count`
  /// ranges, `ranges.count + 1` values.
  package mutating func add(_ path: String, offsets: Column<Int64>, of ranges: Range<Int>) {
    let first = offsets[ranges.lowerBound]
    add(path, offsets.values[ranges.lowerBound...ranges.upperBound].map { $0 - first })
  }

  /// Adds a column of strings, those of `rows` alone where given.
  package mutating func add(_ path: String, _ strings: StringColumn, rows: Range<Int>? = nil) {
    let rows = rows ?? 0..<strings.count
    addHeader(path, "utf8", [rows.count])
    let bytes = strings.bytes.pointer
    let pieceBytes = 64 << 10
    var piece: [UInt8] = []
    piece.reserveCapacity(min(pieceBytes, rows.count * (strings.width + 1)) + strings.width + 1)
    for row in rows {
      var index = row * strings.width
      let end = index + strings.width
      while index < end, bytes[index] != 0 {
        piece.append(bytes[index])
        index += 1
      }
      piece.append(0)
      if piece.count >= pieceBytes {
        Spill.checkpoint()
        hash.update(piece)
        piece.removeAll(keepingCapacity: true)
      }
    }
    hash.update(piece)
    withExtendedLifetime(strings) {}
  }

  private mutating func addHeader(_ path: String, _ type: String, _ shape: [Int]) {
    let sizes = shape.count == 1 ? "\(shape[0])" : shape.map(String.init).joined(separator: "x")
    hash.update(Array("\(path) \(type) \(sizes)\n".utf8))
  }

  /// The digest of everything added, in hexadecimal.
  package consuming func finalize() -> String {
    hash.hexDigest()
  }
}
