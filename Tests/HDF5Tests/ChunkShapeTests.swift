import HDF5
import IO
import Testing

@Suite struct ChunkShapeTests {
  @Test(arguments: [
    ([2560], 4), ([2561], 4), ([65_536], 4), ([65_537], 4), ([6_000_000], 4), ([10_240], 1), ([1 << 31], 8),
    ([27_278, 1128], 4), ([128, 80], 4), ([3, 1_000_000], 4), ([7, 11, 13, 17], 8), ([5, 100_000, 3], 4),
    ([200_000], 14),
  ]) func chunksHaveTheirSize(shape: [Int], elementSize: Int) throws {
    let chunk = try #require(ChunkShape.chunk(of: shape, elementSize: elementSize))
    #expect(chunk.count == shape.count)
    #expect(zip(chunk, shape).allSatisfy { $0 >= 1 && $0 <= $1 })
    let bytes = chunk.reduce(elementSize, *)
    #expect(bytes >= 10 << 10 && bytes <= 1 << 20)
  }

  @Test func smallDataSetsAreNotCut() {
    #expect(ChunkShape.chunk(of: [], elementSize: 1 << 20) == nil)
    #expect(ChunkShape.chunk(of: [0], elementSize: 8) == nil)
    #expect(ChunkShape.chunk(of: [0, 1 << 30], elementSize: 4) == nil)
    #expect(ChunkShape.chunk(of: [2559], elementSize: 4) == nil)
  }

  @Test func chunksAreEvenAndOfWholeRows() {
    #expect(ChunkShape.chunk(of: [65_537], elementSize: 4) == [32_769])
    #expect(ChunkShape.chunk(of: [1000, 100], elementSize: 4) == [500, 100])
    // A value wider than a chunk is a chunk.
    #expect(ChunkShape.chunk(of: [5], elementSize: 1 << 21) == [1])
  }
}
