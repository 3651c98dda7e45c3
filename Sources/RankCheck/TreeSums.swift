import Dist
import Support

/// A shard's vector: magnitudes differ so much that any other order of additions gives other bits.
private func vector(_ shard: Int, _ count: Int) -> [Double] {
  var random = KeyedRandom(seed: 1, UInt64(shard), UInt64(count))
  return (0..<count).map { _ in random.normal() * Double(1 << (random.next() % 24)) }
}

/// The sum over a node of the tree, as its definition says.
func treeSum<Value: FloatingPoint>(_ node: Range<Int>, _ leaf: (Int) -> [Value]) -> [Value] {
  if node.count == 1 { return leaf(node.lowerBound) }
  let middle = node.lowerBound + (node.count + 1) / 2
  let left = treeSum(node.lowerBound..<middle, leaf)
  let right = treeSum(middle..<node.upperBound, leaf)
  return zip(left, right).map { $0 + $1 }
}

func checkTreeSums(_ check: Check, _ layouts: [Layout]) throws {
  for shards in [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 31, 64] where shards >= check.size {
    let sums = [0, 1, 7, 100, 2500].map { count in
      (
        count: count, doubles: treeSum(0..<shards) { vector($0, count) },
        floats: treeSum(0..<shards) { vector($0, count).map { Float($0) } }
      )
    }
    for (number, layout) in layouts.enumerated() {
      for sum in sums {
        try checkTreeSum(
          check, layout.hosts, layout.name, shards, sum.count, sum.floats, sum.doubles, digests: number == 0)
      }
      try checkTraffic(check, layout.hosts, layout.name, shards)
    }
  }
  if check.size < 8 {
    let plain = (1..<8).reduce(vector(0, 100)) { sum, shard in
      zip(sum, vector(shard, 100)).map { $0 + $1 }
    }
    try check.expect(plain != treeSum(0..<8) { vector($0, 100) }, "the order of additions shows")
  }
  let error = try check.failure(of: "more ranks than shards") {
    _ = try ShardMap(shards: check.size, ranks: check.size + 1)
  }
  try check.expect(
    error as? DistError == .moreRanksThanShards(ranks: check.size + 1, shards: check.size), "\(error)")
}

/// Short and by segments, in one stretch and in many, in place and beside.
private func checkTreeSum(
  _ check: Check, _ hosts: HostGroup, _ layout: String, _ shards: Int, _ count: Int, _ floats: [Float],
  _ doubles: [Double], digests: Bool
) throws {
  let map = try ShardMap(shards: shards, layout: hosts.layout)
  let owned = map.shards(ofRank: check.rank)
  let summer = TreeSum(hosts, map)
  for (shortLimit, stretch) in [(Int.max, 1 << 20), (0, 1 << 20), (0, 64), (0, 1)] {
    if stretch == 1 && count > 100 { continue }
    summer.shortLimit = shortLimit
    summer.stretch = stretch
    var wide = owned.flatMap { vector($0, count) }
    var narrow = wide.map { Float($0) }
    try wide.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress { try summer.sum(base, count: count) }
    }
    var result = [Float](repeating: -1, count: count)
    try narrow.withUnsafeMutableBufferPointer { input in
      try result.withUnsafeMutableBufferPointer { output in
        if let base = input.baseAddress { try summer.sum(base, count: count, into: output.baseAddress) }
      }
    }
    let what = "\(shards) shards of \(count), limits \(shortLimit), \(stretch), \(layout)"
    try check.expect(
      wide.prefix(count).elementsEqual(doubles) { $0.bitPattern == $1.bitPattern }, "doubles, \(what)")
    // Up to 8 ranks sum over as many shards as one does.
    if shards >= 8 && digests {
      for double in wide.prefix(count) { check.digest(double.bitPattern) }
      for float in result { check.digest(UInt64(float.bitPattern)) }
    }
    try check.expect(result.elementsEqual(floats) { $0.bitPattern == $1.bitPattern }, "floats, \(what)")
  }
}

/// What hosts send is what `SumTraffic` counts, for short vectors and long ones.
private func checkTraffic(_ check: Check, _ hosts: HostGroup, _ layout: String, _ shards: Int) throws {
  let map = try ShardMap(shards: shards, layout: hosts.layout)
  let owned = map.shards(ofRank: check.rank).count
  let summer = TreeSum(hosts, map)
  for count in [3, 20_001] {
    var model = SumTraffic(map)
    model.addVector(count: count, elementBytes: 4)
    var values = [Float](repeating: 1, count: owned * count)
    let sent = try sent(check, hosts) {
      try values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { try summer.sum(base, count: count) }
      }
    }
    try check.expect(values[0] == Float(shards), "sum of ones")
    try check.expect(
      sent == model.hosts, "\(sent) sent of \(count), counted \(model.hosts), \(shards) shards, \(layout)")
  }
}
