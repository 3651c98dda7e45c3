import Dist
import Support
import Testing

@Suite struct ChunkPlanTests {
  @Test func chunksCoverTheItemsAndShrink() {
    for ranks in [1, 2, 7, 64] {
      for items in [0, 1, 5, 1000, 20_000] {
        var random = KeyedRandom(seed: 13, UInt64(items))
        let costs = (0..<items).map { _ in random.uniform() < 0.01 ? 50 * random.uniform() : random.uniform()
        }
        let chunks = ChunkPlan(costs: costs, ranks: ranks).chunks
        var left = costs.reduce(0, +)
        var next = 0
        for chunk in chunks {
          #expect(chunk.lowerBound == next && !chunk.isEmpty)
          let cost = costs[chunk].reduce(0, +)
          #expect(chunk.count == 1 || cost <= left / Double(4 * ranks) * (1 + 1e-9))
          left -= cost
          next = chunk.upperBound
        }
        #expect(next == items)
        #expect(items < 20_000 || chunks.count < 40 * ranks)
      }
    }
  }

  @Test func aMinimumBoundsTheNumberOfChunks() {
    let costs = [Double](repeating: 1, count: 1000)
    let chunks = ChunkPlan(costs: costs, ranks: 4, minimumCost: 10).chunks
    #expect(chunks.dropLast().allSatisfy { $0.count >= 10 })
    #expect(chunks.first == 0..<62)
    #expect(ChunkPlan(costs: [0, 0, 0], ranks: 2).chunks == [0..<3])
  }
}
