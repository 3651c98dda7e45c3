import Dist

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

/// Computes for a while without calling MPI.
func spin(seconds: Double) {
  let end = steadySeconds() + seconds
  while steadySeconds() < end {}
}
