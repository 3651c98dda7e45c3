import Support

/// Hands independent items of work to the ranks as they get done with what they have.
///
/// Rank 0 cuts the items into chunks (`ChunkPlan`), hands them out, collects the packed results, and works
/// itself, answering between its own items. Every other rank always has its next chunk when it ends one:
/// with the results of a chunk it asks for the one after the next. Which rank does which item depends on
/// time; what an item gives must not, and its results carry its number, since they arrive in any order.
///
/// Where a rank is asked to stop (`isStopRequested`), all end after the item that they are at: the rank tells
/// rank 0, rank 0 tells the others, each sends what it has, and when rank 0 has collected everything all ranks
/// leave `run` by `stopped`.
package final class WorkQueue {
  package typealias Collect = (UnsafeRawBufferPointer) throws -> Void

  let communicator: any Communicator
  /// Results are sent on when this many bytes are packed, even within a chunk.
  let flushBytes: Int
  /// And when the last ones are as old as this, so that little is lost when a rank dies.
  let flushSeconds: Double
  private let isStopRequested: () -> Bool
  private let minimumCost: Double
  private let clock: PhaseClock
  private var leader: WorkLeader?
  private var worker: WorkWorker?

  /// Seconds that this rank had nothing to do: on rank 0 after its own work until the last result is in,
  /// elsewhere while the next chunk was on its way and, after the last one, until all ranks are done.
  package private(set) var secondsWaiting = 0.0
  /// Seconds inside MPI otherwise.
  package private(set) var secondsCommunicating = 0.0

  /// `isStopRequested` is asked between items, on every rank for itself. Chunks and waits become phases of
  /// `clock`.
  package init(
    _ communicator: any Communicator, minimumCost: Double = 0, flushBytes: Int = 1 << 20,
    flushSeconds: Double = 1, clock: PhaseClock = PhaseClock(),
    isStopRequested: @escaping () -> Bool = { StopRequest.isPending }
  ) {
    self.communicator = communicator
    self.clock = clock
    self.minimumCost = minimumCost
    self.flushBytes = flushBytes
    self.flushSeconds = flushSeconds
    self.isStopRequested = isStopRequested
  }

  /// Runs `process` once for each item 0 ..< costs.count, on some rank, roughly in ascending order, and
  /// `collect` on rank 0 with the packed results of a few whole items at a time. Collective; returns, on all
  /// ranks together, when rank 0 has collected all results.
  ///
  /// `costs` estimates each item's time in any unit and is read on rank 0 only; largest first is best. An
  /// error of either function leaves `run` on its rank and must be let through to `withWorld`, which ends
  /// the other ranks. Throws `Stopped` with `stopHint` on all ranks that still had work when one of them was
  /// asked to stop.
  package func run(
    costs: [Double], stopHint: String = "nothing is kept",
    process: (_ item: Int, _ results: ResultBuffer) throws -> Void, collect: @escaping Collect
  ) throws {
    secondsWaiting = 0
    secondsCommunicating = 0
    let traffic = communicator.traffic.seconds
    var end: End
    if communicator.rank == 0 {
      let plan = ChunkPlan(costs: costs, ranks: communicator.size, minimumCost: minimumCost)
      let leader = WorkLeader(communicator, plan, collect)
      self.leader = leader
      defer { self.leader = nil }
      end = try lead(leader, process)
    } else {
      let worker = WorkWorker(communicator)
      self.worker = worker
      defer { self.worker = nil }
      end = try work(worker, process)
    }
    if end.isStopped { throw Stopped(hint: stopHint) }
    end.waitingInside += try wait { try communicator.barrier() }
    secondsCommunicating = communicator.traffic.seconds - traffic - end.waitingInside
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
  package func serve() throws {
    try leader?.serve()
    try worker?.advance()
  }

  /// How a rank's work ended, and how much of the waiting was inside MPI.
  private struct End {
    var isStopped: Bool
    var waitingInside: Double
  }

  private func lead(
    _ leader: WorkLeader, _ process: (Int, ResultBuffer) throws -> Void
  ) throws -> End {
    let results = ResultBuffer()
    var lastDelivery = steadySeconds()
    func deliver() throws {
      if results.count > 0 { try leader.collect(results.bytes) }
      results.removeAll()
      lastDelivery = steadySeconds()
    }
    var isChunkOpen = false
    func stops() -> Bool { leader.isToldToStop || isStopRequested() }
    try leader.start()
    working: while !stops(), let chunk = leader.takeOwn() {
      let start = clock.now()
      defer { clock.end(.chunk, since: start) }
      for item in chunk {
        try process(item, results)
        if isWorthSending(results, since: lastDelivery) { try deliver() }
        try leader.serve()
        isChunkOpen = item + 1 < chunk.upperBound
        if stops() { break working }
      }
      try deliver()
    }
    try deliver()
    var isStopped = false
    let waitingInside = try wait {
      while leader.isWaiting && !stops() {
        try leader.serve()
        // The other ranks may need this core.
        if leader.isWaiting { usleep(50) }
      }
      isStopped = isChunkOpen || leader.isWaiting || leader.hasMore
      if isStopped { try leader.stopOthers() }
    }
    return End(isStopped: isStopped, waitingInside: waitingInside)
  }

  /// Returns how much of the waiting was inside MPI.
  private func work(
    _ worker: WorkWorker, _ process: (Int, ResultBuffer) throws -> Void
  ) throws -> End {
    var end = End(isStopped: false, waitingInside: 0)
    while true {
      var chunk: Range<Int>?
      end.waitingInside += try wait { chunk = try worker.nextChunk() }
      guard let chunk else {
        end.isStopped = true
        break
      }
      guard !chunk.isEmpty else { break }
      let start = clock.now()
      defer { clock.end(.chunk, since: start) }
      var lastReport = steadySeconds()
      for item in chunk {
        try process(item, worker.results)
        if try isStopRequested() || worker.isToldToStop() {
          end.isStopped = true
          break
        }
        if isWorthSending(worker.results, since: lastReport) {
          try worker.report(.results)
          lastReport = steadySeconds()
        }
        try worker.advance()
      }
      if end.isStopped { break }
      try worker.report(.chunkIsDone)
    }
    if end.isStopped { try worker.report(.stops) }
    try worker.end()
    if end.isStopped { end.waitingInside += try wait { try worker.awaitStop() } }
    return end
  }

  private func isWorthSending(_ results: ResultBuffer, since last: Double) -> Bool {
    results.count >= flushBytes || (results.count > 0 && steadySeconds() - last > flushSeconds)
  }
}
