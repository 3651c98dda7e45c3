import Dist
import Support
import Testing

@Suite struct WorkQueueTests {
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

  @Test(arguments: [1, 100, 1 << 20])
  func oneRankDoesEveryItemOnce(flushBytes: Int) throws {
    let items = 300
    let costs = (0..<items).map { Double($0 % 13) }
    var done: [Int] = []
    var collected: [Int32] = []
    var deliveries = 0
    try WorkQueue(SoloCommunicator(), flushBytes: flushBytes).run(costs: costs) { item, results in
      done.append(item)
      results.append(Int32(item))
      let payload = [Float](repeating: Float(item), count: item % 3)
      payload.withUnsafeBufferPointer { results.append(contentsOf: $0) }
    } collect: { bytes in
      deliveries += 1
      var reader = ResultReader(bytes)
      while !reader.isAtEnd {
        let item = try reader.read(Int32.self)
        var payload = [Float](repeating: -1, count: Int(item) % 3)
        try payload.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
        #expect(payload.allSatisfy { $0 == Float(item) })
        collected.append(item)
      }
    }
    #expect(done == Array(0..<items))
    #expect(collected == (0..<Int32(items)).map { $0 })
    #expect(flushBytes > 1 ? deliveries < items : deliveries == items)
  }

  struct Failure: Error, Equatable { var item: Int }

  @Test func errorsComeThrough() {
    #expect(throws: Failure(item: 7)) {
      try WorkQueue(SoloCommunicator()).run(costs: [Double](repeating: 1, count: 20)) { item, results in
        if item == 7 { throw Failure(item: item) }
      } collect: { _ in
      }
    }
    #expect(throws: Failure(item: -1)) {
      try WorkQueue(SoloCommunicator()).run(costs: [1]) { _, results in
        results.append(UInt8(1))
      } collect: { _ in
        throw Failure(item: -1)
      }
    }
  }

  @Test func aShortResultIsAnError() throws {
    let buffer = ResultBuffer(capacity: 1)
    buffer.append(UInt8(1))
    buffer.append(Int64(-2))
    buffer.append(Float.pi)
    #expect(buffer.count == 13)
    var reader = ResultReader(buffer.bytes)
    #expect(try reader.read(UInt8.self) == 1)
    #expect(try reader.read(Int64.self) == -2)
    #expect(throws: DistError.resultTooShort(needed: 8, left: 4)) { _ = try reader.read(Double.self) }
    #expect(try reader.read(Float.self) == .pi)
    #expect(reader.isAtEnd)
    buffer.removeAll()
    #expect(buffer.bytes.isEmpty)
  }
}
