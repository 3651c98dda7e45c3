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
    guard start < end,
      let compressor = ChunkCompressor(chunkBytes: chunk[0] * rowBytes, elementSize: elementSize)
    else { return none }
    let raw = rawIdentifier
    var offset = [hsize_t](repeating: 0, count: shape.count)
    let chunks = (end - start + chunk[0] - 1) / chunk[0]
    for piece in Pieces(chunks, bytesPerRow: chunk[0] * rowBytes) {
      for index in piece {
        let row = start + index * chunk[0]
        offset[0] = hsize_t(row)
        let stored = compressor.compress(
          base + (row - rows.lowerBound) * rowBytes, bytes: min(chunk[0], end - row) * rowBytes)
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
