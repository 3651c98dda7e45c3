import Dist
import Support

/// The time of sums on these ranks, by vector length. Plain messages are for `lcft ping`.
func time(_ world: any Communicator) throws {
  let hosts = try HostGroup(world, node: try NodeSharing(world).node)
  let map = try ShardMap(shards: max(8, world.size), layout: hosts.layout)
  let owned = map.shards(ofRank: world.rank).count
  let summer = TreeSum(hosts, map)
  if world.rank == 0 {
    print("\(world.size) ranks, \(map.shards) virtual shards; microseconds per call, median of rounds")
    print("    floats   tree sum     within   allreduce")
  }
  for count in [1, 100, 1000, 3000, 10_000, 30_000, 100_000, 1_000_000] {
    let perShard = UnsafeMutablePointer<Float>.allocate(capacity: owned * count)
    perShard.initialize(repeating: 0, count: owned * count)
    defer { perShard.deallocate() }
    let doubles = UnsafeMutableBufferPointer<Double>.allocate(capacity: (count + 1) / 2)
    doubles.initialize(repeating: 0)
    defer { doubles.deallocate() }
    let solo = TreeSum(
      try HostGroup(SoloCommunicator()), try ShardMap(shards: owned, ranks: 1))
    let repeats = max(10, 3_000_000 / (count + 3000))
    let sum = try median(world, repeats) { try summer.sum(perShard, count: count) }
    let within = try median(world, repeats) { try solo.sum(perShard, count: count) }
    let allreduce = try median(world, repeats) { try world.allreduce(doubles, .sum) }
    if world.rank == 0 {
      print([Double(count), sum, within, allreduce].map(column).joined(separator: " "))
    }
  }
  try timeSparse(hosts, map)
  try timeQueue(world)
  let traffic = world.traffic
  if world.rank == 0 {
    print("rank 0: \(traffic.calls) calls, \(traffic.seconds) s in MPI")
  }
}

/// How much of the ranks' time a queue of uneven items uses.
private func timeQueue(_ world: any Communicator) throws {
  let costs = (0..<5000).map { item in
    var random = KeyedRandom(seed: 6, UInt64(item))
    return random.uniform() < 0.02 ? 10e-3 * random.uniform() : 400e-6 * random.uniform()
  }
  let queue = WorkQueue(world)
  try world.barrier()
  let start = steadySeconds()
  try queue.run(costs: costs) { item, results in
    spin(seconds: costs[item])
    results.append(item)
  } collect: { _ in
  }
  try world.barrier()
  let seconds = steadySeconds() - start
  let ideal = costs.reduce(0, +) / Double(world.size)
  let waiting = try world.allreduce(queue.secondsWaiting, .maximum)
  if world.rank == 0 {
    print(
      "queue of \(costs.count) items: \(seconds) s, \(ideal) s of work per rank, longest wait \(waiting) s")
  }
}

/// Sums of touched rows, as many per shard as a batch of an eighth of 1,024 samples may touch.
private func timeSparse(_ hosts: HostGroup, _ map: ShardMap) throws {
  let world = hosts.communicator
  if world.rank == 0 { print("rows/shard  width   sparse sum  union rows  bytes to other hosts by rank 0") }
  for (touched, width) in [(200, 9), (2000, 9), (2000, 64)] {
    let table = 63_000
    let rows = SparseRows(width: width)
    let summer = try SparseTreeSum(hosts, map, tables: [(table, width)])
    let lists = map.shards(ofRank: world.rank).map { shard in
      var random = KeyedRandom(seed: 5, UInt64(shard))
      return Set((0..<touched).map { _ in Int32(random.below(table)) }).sorted()
    }
    var bytes = 0
    let seconds = try median(world, 200) {
      rows.removeAll()
      for list in lists { _ = list.withUnsafeBufferPointer { rows.appendList($0) } }
      let before = hosts.traffic
      try summer.sum([rows])
      bytes = (hosts.traffic - before).bytes
    }
    if world.rank == 0 {
      let numbers = [Double(touched), Double(width), seconds, Double(summer.results[0].count), Double(bytes)]
      print(numbers.map(column).joined(separator: " "))
    }
  }
}

private func median(_ world: any Communicator, _ repeats: Int, _ body: () throws -> Void) throws -> Double {
  var rounds: [Double] = []
  for _ in 0..<7 {
    try world.barrier()
    let start = steadySeconds()
    for _ in 0..<repeats { try body() }
    rounds.append(1e6 * (steadySeconds() - start) / Double(repeats))
  }
  return rounds.sorted()[3]
}

private func column(_ value: Double) -> String {
  let text = value == value.rounded() ? "\(Int(value))" : "\((100 * value).rounded() / 100)"
  return String(repeating: " ", count: max(0, 10 - text.count)) + text
}
