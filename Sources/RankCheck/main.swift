import Dist

try withWorld { c in
  let map = try ShardMap(shards: 8, ranks: c.size)
  let t = TreeSum(c, map)
  for n in [30, 200, 3000, 30000, 100000, 1_000_000] {
    let owned = map.shards(ofRank: c.rank).count
    let b = UnsafeMutablePointer<Float>.allocate(capacity: owned * n)
    b.initialize(repeating: 0, count: owned * n)
    for _ in 0..<20 { try t.sum(b, count: n) }
    try c.barrier()
    let iterations = 300
    let s = steadySeconds()
    for _ in 0..<iterations { try t.sum(b, count: n) }
    let e = (steadySeconds() - s) / Double(iterations)
    if c.rank == 0 { print(n, e * 1e6, "us", c.traffic.bytesSent) }
  }
}
