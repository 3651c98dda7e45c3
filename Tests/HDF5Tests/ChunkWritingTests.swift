import HDF5
import TestSupport
import Testing

@Suite struct ChunkWritingTests {
  let folder = try! FileTestFolder()

  /// Whole chunks are compressed by other code than the rest, and every part may come in any order.
  @Test(arguments: [[200_001], [60_001, 7]]) func rowsWrittenInPieces(shape: [Int]) throws {
    let width = shape.dropFirst().reduce(1, *)
    let values = (0..<Int32(shape[0] * width)).map { $0 &* 77_777 }
    let chunk = try #require(ChunkShape.chunk(of: shape, elementSize: 4))[0]
    let cuts = [0, 5, chunk, chunk + 1, 2 * chunk + 3, shape[0]].sorted()
    var pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
    for order in 0..<2 {
      if order == 1 { pieces.reverse() }
      let path = folder.file("\(shape.count)-\(order).h5")
      func fill(_ file: borrowing HDF5.File) throws {
        let dataset = try file.root().makeDataset("v", of: Int32.self, shape: shape, description: "")
        for rows in pieces {
          try values[rows.lowerBound * width..<rows.upperBound * width].withUnsafeBufferPointer {
            try dataset.write($0, rows: rows)
          }
        }
        try dataset.close()
      }
      let file = try HDF5.File(creating: path)
      try fill(file)
      try file.close()
      try expectSame(HDF5.File(reading: path).root().dataset("v").array(of: Int32.self), values)
    }
  }

  /// Columns beyond what one call of the library moves come whole, from any row on.
  @Test func columnsOfManyMegabytes() throws {
    let count = 64 << 20 + 100_001
    let values = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for row in 0..<count { buffer[row] = UInt8(truncatingIfNeeded: row &* 77_777 >> 12) }
      initialized = count
    }
    let path = folder.file("long.h5")
    let file = try HDF5.File(creating: path)
    try file.root().write("v", values, description: "")
    try file.close()
    let dataset = try HDF5.File(reading: path).root().dataset("v")
    #expect(try dataset.array(of: UInt8.self) == values)
    let rows = 5..<count - 3
    var part = [UInt8](repeating: 0, count: rows.count)
    try part.withUnsafeMutableBufferPointer { try dataset.read(into: $0, rows: rows) }
    #expect(part == Array(values[rows]))
  }
}
