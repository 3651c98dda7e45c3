import Dist
import Support
import Testing

@Suite struct WorkQueueTests {
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

  /// A stop leaves the queue after the item, with what was done.
  @Test func stopsAfterItsItem() {
    var done = 0
    var collected = 0
    let queue = WorkQueue(SoloCommunicator(), isStopRequested: { done == 3 })
    #expect(throws: Stopped.self) {
      try queue.run(costs: [1, 1, 1, 1, 1]) { item, results in
        done += 1
        results.append(Int64(item))
      } collect: { bytes in
        collected += bytes.count / 8
      }
    }
    #expect(done == 3 && collected == 3)
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
}
