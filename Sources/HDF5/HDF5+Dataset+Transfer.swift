import CHDF5
import Support

extension HDF5.Dataset {
  /// Reads `rows` as values of `memoryType` to `base`.
  func transfer(_ rows: Range<Int>, memoryType: hid_t, _ base: UnsafeMutableRawPointer) throws {
    let raw = rawIdentifier
    try transfer(rows, "read", memoryType: memoryType) { offset, memory, file in
      H5Dread(raw, memoryType, memory, file, lcft_h5p_default(), base + offset)
    }
  }

  /// Writes `values` of `memoryType` to `rows` of the first dimension (all rows where nil).
  func write(
    _ values: UnsafeRawBufferPointer, elementSize: Int, memoryType: hid_t, _ rows: Range<Int>?
  ) throws {
    let shape = try shape()
    let rows = rows ?? 0..<(shape.first ?? 1)
    let width = shape.dropFirst().reduce(1, *)
    precondition(values.count == rows.count * width * elementSize, "a buffer holds exactly the rows' values")
    guard let base = values.baseAddress, !values.isEmpty else { return }
    let raw = rawIdentifier
    let done = try writeWholeChunks(base, elementSize: elementSize, memoryType: memoryType, rows)
    for rest in [rows.lowerBound..<done.lowerBound, done.upperBound..<rows.upperBound] where !rest.isEmpty {
      let start = base + (rest.lowerBound - rows.lowerBound) * width * elementSize
      try transfer(rest, "write", memoryType: memoryType) { offset, memory, file in
        H5Dwrite(raw, memoryType, memory, file, lcft_h5p_default(), start + offset)
      }
    }
  }

  /// Calls `body` with where the rows' values begin in memory, in bytes, and with the dataspaces of both sides, for runs of
  /// whole chunks.
  private func transfer(
    _ rows: Range<Int>, _ action: String, memoryType: hid_t,
    _ body: (_ offset: Int, _ memory: hid_t, _ file: hid_t) -> herr_t
  ) throws {
    let raw = rawIdentifier
    let shape = try shape()
    let rowBytes = shape.dropFirst().reduce(H5Tget_size(memoryType), *)
    try inChunks(rows, rowBytes: rowBytes) { part in
      let offset = (part.lowerBound - rows.lowerBound) * rowBytes
      if shape.isEmpty || part == 0..<shape[0] {
        try HDF5.call(action, location) { body(offset, lcft_h5s_all(), lcft_h5s_all()) }
        return
      }
      let memory = try HDF5.Dataspace(shape: [part.count] + shape.dropFirst(), location)
      let file = HDF5.Dataspace(owning: try HDF5.call("read the shape", location) { H5Dget_space(raw) })
      try file.select(rows: part, of: shape, location)
      let (memoryRaw, fileRaw) = (memory.raw, file.raw)
      try HDF5.call("\(action) rows \(part)", location) { body(offset, memoryRaw, fileRaw) }
    }
  }

  /// Bytes of one call of the library: a call that computes for minutes is taken for one that finds no end (`LibraryCall`).
  private static var callBytes: Int { 64 << 20 }

  /// Calls `body` with runs of whole chunks that together are `rows`, each of some megabytes where the values lie in a mapped
  /// file (`Spill`).
  private func inChunks(_ rows: Range<Int>, rowBytes: Int, _ body: (Range<Int>) throws -> Void) throws {
    let length = max(try chunk()?.first ?? 1, 1)
    guard length < rows.count else { return try body(rows) }
    let first = rows.lowerBound / length
    let chunks = (rows.upperBound + length - 1) / length - first
    let most = max(1, HDF5.Dataset.callBytes / max(length * rowBytes, 1))
    for piece in Pieces(chunks, bytesPerRow: length * rowBytes) {
      for begin in stride(from: piece.lowerBound, to: piece.upperBound, by: most) {
        let end = min(begin + most, piece.upperBound)
        let start = max((first + begin) * length, rows.lowerBound)
        try body(start..<min((first + end) * length, rows.upperBound))
      }
    }
  }
}
