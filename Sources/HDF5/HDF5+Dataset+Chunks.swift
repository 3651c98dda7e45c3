import CHDF5
import Support

extension HDF5.Dataset {
  /// Compresses and writes those chunks that `rows` covers whole. Returns the rows of these; none where the stored
  /// values are not the bytes at `base`, or where the data set is not cut into chunks of whole rows, shuffled and
  /// deflated: the library writes what is left.
  func writeWholeChunks(
    _ base: UnsafeRawPointer, elementSize: Int, memoryType: hid_t, _ rows: Range<Int>
  ) throws -> Range<Int> {
    let none = rows.lowerBound..<rows.lowerBound
    let shape = try shape()
    guard let chunk = try chunk(), chunk.dropFirst() == shape.dropFirst(),
      try filters() == (elementSize > 1 ? ["shuffle", "deflate"] : ["deflate"]),
      try stores(memoryType)
    else { return none }
    let start = (rows.lowerBound + chunk[0] - 1) / chunk[0] * chunk[0]
    let end = rows.upperBound == shape[0] ? shape[0] : rows.upperBound / chunk[0] * chunk[0]
    let rowBytes = shape.dropFirst().reduce(elementSize, *)
    let chunks = (end - start + chunk[0] - 1) / chunk[0]
    guard start < end,
      let compressors = ChunkCompressors(
        chunks: chunks, chunkBytes: chunk[0] * rowBytes, elementSize: elementSize)
    else { return none }
    let raw = rawIdentifier
    var offset = [hsize_t](repeating: 0, count: shape.count)
    let length = chunk[0]
    // Several threads read the values, and none writes them.
    nonisolated(unsafe) let first = base - rows.lowerBound * rowBytes
    for piece in Pieces(chunks, bytesPerRow: length * rowBytes) {
      try compressors.forEach(piece) { index in
        let row = start + index * length
        return UnsafeRawBufferPointer(
          start: first + row * rowBytes, count: min(length, end - row) * rowBytes)
      } write: { index, stored in
        let row = start + index * length
        offset[0] = hsize_t(row)
        try HDF5.call("write the chunk of row \(row)", location) {
          H5Dwrite_chunk(raw, lcft_h5p_default(), 0, offset, stored.count, stored.baseAddress)
        }
      }
    }
    return start..<end
  }

  /// Whether values of `memoryType` are stored byte for byte.
  private func stores(_ memoryType: hid_t) throws -> Bool {
    let raw = rawIdentifier
    let stored = HDF5.Datatype(owning: try HDF5.call("read the type", location) { H5Dget_type(raw) })
    return H5Tequal(stored.raw, memoryType) > 0
  }
}
