import Dist
import Support

func checkQueue(_ check: Check) throws {
  try check.withPieceLimits(1000) {
    for items in [0, 1, 2, 5, 400] {
      for flushBytes in [1, 4096, 1 << 20] { try checkQueue(check, items: items, flushBytes: flushBytes) }
    }
  }
  try checkLargeResults(check)
}

/// Items of very different cost, every one exactly once, with results of different length.
private func checkQueue(_ check: Check, items: Int, flushBytes: Int) throws {
  let costs = (0..<items).map { item in
    var random = KeyedRandom(seed: 3, UInt64(item))
    return random.uniform() < 0.05 ? 20 * random.uniform() : random.uniform()
  }
  var times = [Int](repeating: 0, count: items)
  var own = 0
  let queue = WorkQueue(check.world, flushBytes: flushBytes)
  try queue.run(costs: check.rank == 0 ? costs : []) { item, results in
    spin(seconds: 20e-6 * costs[item])
    if item % 7 == 0 { try queue.serve() }
    own += 1
    results.append(Int32(item))
    results.append(UInt8(item % 11))
    let payload = [Double](repeating: Double(item), count: item % 11)
    payload.withUnsafeBufferPointer { results.append(contentsOf: $0) }
  } collect: { bytes in
    var reader = ResultReader(bytes)
    while !reader.isAtEnd {
      let item = Int(try reader.read(Int32.self))
      var payload = [Double](repeating: -1, count: Int(try reader.read(UInt8.self)))
      try payload.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
      try check.expect(
        payload.count == item % 11 && payload.allSatisfy { $0 == Double(item) }, "results of item \(item)")
      times[item] += 1
    }
  }
  if check.rank == 0 {
    try check.expect(times.allSatisfy { $0 == 1 }, "\(items) items, each collected once: \(times)")
  }
  try check.expect(try check.world.allreduce(own, .sum) == items, "\(items) items, each done once")
}

/// Results of 300 kB, which travel while the ranks go on working.
private func checkLargeResults(_ check: Check) throws {
  let items = 40
  var sum = 0
  try WorkQueue(check.world).run(costs: [Double](repeating: 1, count: items)) { item, results in
    spin(seconds: 200e-6)
    let payload = [Int64](repeating: Int64(item), count: 40_000)
    payload.withUnsafeBufferPointer { results.append(contentsOf: $0) }
  } collect: { bytes in
    var reader = ResultReader(bytes)
    var payload = [Int64](repeating: 0, count: 40_000)
    while !reader.isAtEnd {
      try payload.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
      try check.expect(payload.allSatisfy { $0 == payload[0] }, "large results of one item")
      sum += Int(payload[0])
    }
  }
  try check.expect(check.rank != 0 || sum == items * (items - 1) / 2, "large results of all items")
}
