import Dist
import Support

func checkAgreement(_ check: Check) throws {
  let value = try check.world.collectively { check.rank * 2 }
  try check.expect(value == check.rank * 2, "every rank keeps its own value")
  for failing in 0..<check.size {
    let error = try check.failure(of: "an agreement where rank \(failing) failed") {
      try check.world.collectively {
        if check.rank >= failing { throw CheckFailure("no file on rank \(check.rank)\nsecond line") }
      }
    }
    let expected = DistError.collective(
      rank: failing, message: "no file on rank \(failing); second line", failures: check.size - failing,
      exitStatus: 3)
    try check.expect(error as? DistError == expected, "\(error)")
  }
}

/// Rank `rank` is busy alone for longer than others wait without a sign of life, and has pieces to show.
func workAlone(_ world: any Communicator, rank: Int) throws {
  try world.collectively {
    guard world.rank == rank else { return }
    for _ in 0..<600 {
      usleep(10_000)
      SignOfLife.give()
    }
  }
  // Rows of a checkpoint wait for their turn in a message of more bytes than a library takes without its receiver.
  try world.collectively {
    var rows = [Float](repeating: Float(world.rank), count: 1 << 20)
    guard world.rank == rank else {
      return try rows.withUnsafeBufferPointer { try world.send($0, to: rank, tag: 1) }
    }
    for _ in 0..<600 {
      usleep(10_000)
      SignOfLife.give()
    }
    for other in 0..<world.size where other != rank {
      try rows.withUnsafeMutableBufferPointer { try world.receive($0, from: other, tag: 1) }
    }
  }
  if world.rank == 0 { print("rank-check: nobody gave up") }
}

/// The others wait: in a barrier, in a receive, in a sum.
func fail(_ world: any Communicator, rank: Int, hangs: Bool = false) throws {
  if world.rank == rank {
    if hangs { sleep(60) }
    throw CheckFailure("users.h5: /users/id ends early")
  }
  switch world.rank % 3 {
  case 0: try world.barrier()
  case 1:
    var buffer: [Float] = [0]
    try buffer.withUnsafeMutableBufferPointer { try world.receive($0, from: rank, tag: 1) }
  default: _ = try world.allreduce(1, .sum)
  }
}

func failInAgreement(_ world: any Communicator, rank: Int) throws {
  try world.collectively {
    if world.rank == rank { throw CheckFailure("ratings.csv: no such file") }
  }
}

func failInQueue(_ world: any Communicator, rank: Int, hangs: Bool = false) throws {
  let queue = WorkQueue(world)
  try queue.run(costs: [Double](repeating: 1, count: 1000)) { item, results in
    spin(seconds: 0.001)
    if world.rank == rank && item > 20 && hangs { sleep(60) }
    if world.rank == rank && item > 20 { throw CheckFailure("user 4711: not a number") }
    results.append(Int64(item))
  } collect: { _ in
  }
}

/// Rank `rank` alone is asked to stop: all ranks leave the queue, and rank 0 has what they did.
func stopInQueue(_ world: any Communicator, rank: Int) throws {
  var own = 0
  var collected = 0
  let queue = WorkQueue(world, isStopRequested: { world.rank == rank && own > 20 })
  let check = Check(world)
  let stopped = try check.failure(of: "a queue that is stopped") {
    try queue.run(costs: [Double](repeating: 1, count: 10_000), stopHint: "go on") { item, results in
      spin(seconds: 0.001)
      own += 1
      results.append(Int64(item))
    } collect: { bytes in
      collected += bytes.count / 8
    }
  }
  let all = try world.allreduce(own, .sum)
  try check.expect(world.rank != 0 || collected == all, "\(all) items done, \(collected) collected")
  try check.expect(all < 10_000, "stopped before the end")
  throw stopped
}

/// All ranks are asked to stop while some have had nothing to do: they leave the queue together.
func stopInShortQueue(_ world: any Communicator) throws {
  let start = steadySeconds()
  let queue = WorkQueue(world, isStopRequested: { steadySeconds() - start > 0.2 })
  let stopped = try Check(world).failure(of: "a short queue that is stopped") {
    try queue.run(costs: [1, 1], stopHint: "go on") { item, results in
      spin(seconds: 0.5)
      results.append(Int64(item))
    } collect: { _ in
    }
  }
  throw stopped
}

/// Computes for a while without calling MPI.
func spin(seconds: Double) {
  let end = steadySeconds() + seconds
  while steadySeconds() < end {}
}

/// While one rank has much to do, those that wait for it leave their cores to others.
func checkLongWaits(_ check: Check) throws {
  for slow in 0..<check.size where check.size > 1 {
    let before = processorSeconds()
    try check.world.collectively { if check.rank == slow { usleep(400_000) } }
    let spent = processorSeconds() - before
    try check.expect(spent < 0.2, "a wait of 0.4 s for rank \(slow) took \(spent) s of a core")
  }
  // What the one that comes last needs of the others is done meanwhile.
  for slow in 0..<check.size where check.size > 1 {
    var served = 0
    if check.rank == slow { usleep(20_000) }
    try check.world.longBarrier {
      served += 1
      return false
    }
    try check.expect(check.rank == slow || served > 0, "rank \(check.rank) did nothing while it waited")
  }
  // Work that a rank does while it waits is not time in MPI.
  for slow in 0..<check.size where check.size > 1 {
    let (start, before) = (steadySeconds(), check.world.traffic.seconds)
    var pieces = 0
    if check.rank == slow { usleep(20_000) }
    try check.world.longBarrier {
      guard check.rank != slow, pieces < 5 else { return false }
      pieces += 1
      usleep(1000)
      return true
    }
    let elapsed = steadySeconds() - start
    let spent = check.world.traffic.seconds - before
    try check.expect(
      spent + 0.001 * Double(pieces) <= elapsed,
      "of \(elapsed) s rank \(check.rank) worked \(pieces) ms, and was \(spent) s in MPI")
  }
}

private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
