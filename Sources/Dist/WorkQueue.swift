import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Hands independent items of work to the ranks as they get done with what they have.
///
/// Rank 0 cuts the items into chunks (`ChunkPlan`), hands them out, collects the packed results, and works
/// itself, answering between its own items. Every other rank always has its next chunk when it ends one:
/// with the results of a chunk it asks for the one after the next. Which rank does which item depends on
/// time; what an item gives must not, and its results carry its number, since they arrive in any order.
public final class WorkQueue {
  public typealias Collect = (UnsafeRawBufferPointer) throws -> Void

  let communicator: any Communicator
  /// Results are sent on when this many bytes are packed, even within a chunk.
  let flushBytes: Int
  private let minimumCost: Double
  private let clock: PhaseClock
  private var leader: WorkLeader?
  private var worker: WorkWorker?

  /// Seconds that this rank had nothing to do: on rank 0 after its own work until the last result is in,
  /// elsewhere while the next chunk was on its way and, after the last one, until all ranks are done.
  public private(set) var secondsWaiting = 0.0
  /// Seconds inside MPI otherwise.
  public private(set) var secondsCommunicating = 0.0

  /// Chunks and waits become phases of `clock`.
  public init(
    _ communicator: any Communicator, minimumCost: Double = 0, flushBytes: Int = 1 << 20,
    clock: PhaseClock = PhaseClock()
  ) {
    self.communicator = communicator
    self.clock = clock
    self.minimumCost = minimumCost
    self.flushBytes = flushBytes
  }

  /// Runs `process` once for each item 0 ..< costs.count, on some rank, roughly in ascending order, and
  /// `collect` on rank 0 with the packed results of a few whole items at a time. Collective; returns, on all
  /// ranks together, when rank 0 has collected all results.
  ///
  /// `costs` estimates each item's time in any unit and is read on rank 0 only; largest first is best. An
  /// error of either function leaves `run` on its rank and must be let through to `withWorld`, which ends
  /// the other ranks.
  public func run(
    costs: [Double], process: (_ item: Int, _ results: ResultBuffer) throws -> Void,
    collect: @escaping Collect
  ) throws {
    secondsWaiting = 0
    secondsCommunicating = 0
    let traffic = communicator.traffic.seconds
    var waitingInside = 0.0
    if communicator.rank == 0 {
      let plan = ChunkPlan(costs: costs, ranks: communicator.size, minimumCost: minimumCost)
      let leader = WorkLeader(communicator, plan, collect)
      self.leader = leader
      defer { self.leader = nil }
      waitingInside = try lead(leader, process)
    } else {
      let worker = WorkWorker(communicator)
      self.worker = worker
      defer { self.worker = nil }
      waitingInside = try work(worker, process)
    }
    waitingInside += try wait { try communicator.barrier() }
    secondsCommunicating = communicator.traffic.seconds - traffic - waitingInside
  }

  /// Runs `body`, which only waits; returns how much of its time was inside MPI.
  private func wait(_ body: () throws -> Void) rethrows -> Double {
    let traffic = communicator.traffic.seconds
    let start = clock.now()
    try communicator.whileWaiting(body)
    secondsWaiting += clock.end(.waiting, since: start) - start
    return communicator.traffic.seconds - traffic
  }

  /// Answers the other ranks (on rank 0) or helps messages along (elsewhere). `run` calls it after each
  /// item; an item that takes long may call it as well. Cheap when there is nothing to do.
  public func serve() throws {
    try leader?.serve()
    try worker?.advance()
  }

  /// Returns how much of the waiting was inside MPI.
  private func lead(
    _ leader: WorkLeader, _ process: (Int, ResultBuffer) throws -> Void
  ) throws -> Double {
    let results = ResultBuffer()
    func deliver() throws {
      if results.count > 0 { try leader.collect(results.bytes) }
      results.removeAll()
    }
    try leader.start()
    while let chunk = leader.takeOwn() {
      let start = clock.now()
      for item in chunk {
        try process(item, results)
        if results.count >= flushBytes { try deliver() }
        try leader.serve()
      }
      try deliver()
      clock.end(.chunk, since: start)
    }
    return try wait {
      while leader.isWaiting {
        try leader.serve()
        // The other ranks may need this core.
        if leader.isWaiting { usleep(50) }
      }
    }
  }

  /// Returns how much of the waiting was inside MPI.
  private func work(
    _ worker: WorkWorker, _ process: (Int, ResultBuffer) throws -> Void
  ) throws -> Double {
    var waitingInside = 0.0
    while true {
      var chunk = 0..<0
      waitingInside += try wait { chunk = try worker.nextChunk() }
      guard !chunk.isEmpty else { break }
      let start = clock.now()
      for item in chunk {
        try process(item, worker.results)
        if worker.results.count >= flushBytes { try worker.report(chunkIsDone: false) }
        try worker.advance()
      }
      try worker.report(chunkIsDone: true)
      clock.end(.chunk, since: start)
    }
    try worker.end()
    return waitingInside
  }
}
