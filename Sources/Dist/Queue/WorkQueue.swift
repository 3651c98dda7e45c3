import Support

/// Hands independent items of work to the ranks, as each finishes what it has.
///
/// Rank 0 cuts the items into chunks (`ChunkPlan`), hands them out, to a rank those of its home first (`ItemHomes`),
/// collects the packed results, and works itself; it answers between its own items. Every other rank has its next chunk
/// already when it finishes one: with the results of a chunk it asks for the chunk after the next. Which rank does
/// which item depends on time; an item's results must not, and they carry its number, because they arrive in any order.
///
/// If a rank is asked to stop (`isStopRequested`), all ranks stop after their current item: the rank tells
/// rank 0, rank 0 tells those that still work, and each sends what it has. When rank 0 has collected everything, all
/// ranks meet, as at the end of all items, and leave `run` by `Stopped`.
package final class WorkQueue {
  package typealias Collect = (UnsafeRawBufferPointer) throws -> Void

  let communicator: any Communicator
  /// Results are sent when this many bytes are packed, even within a chunk.
  let flushBytes: Int
  /// And when this many seconds have passed since the last ones, so that little is lost when a rank dies.
  let flushSeconds: Double
  private let isStopRequested: () -> Bool
  private let minimumCost: Double
  private let clock: PhaseClock
  private var leader: WorkLeader?
  private var worker: WorkWorker?

  /// Seconds that this rank had nothing to do: on rank 0 from its last item until the last result has
  /// arrived; on the others while the next chunk was on its way and, after the last one, until all ranks are
  /// done.
  package private(set) var secondsWaiting = 0.0
  /// Seconds inside MPI otherwise.
  package private(set) var secondsCommunicating = 0.0

  /// Each rank asks its own `isStopRequested` between items. Chunks and waits become phases of `clock`.
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
  /// `collect` on rank 0 with the packed results of a few whole items at a time. Collective; all ranks return
  /// when rank 0 has collected all results.
  ///
  /// `begin` is called with each chunk before its first item. `meanwhile` is called between items and again and again
  /// while a rank waits, until all ranks are done: what ranks need of one another besides.
  ///
  /// `costs` estimates each item's time, in any unit, and is read on rank 0 only, as is `homes`; within a home most
  /// expensive first is best. An error of either function leaves `run` on its rank and must reach `withWorld`, which
  /// ends the other ranks. Throws `Stopped` with `stopHint` on all ranks if one of them was asked to stop before all
  /// items were done.
  package func run(
    costs: [Double], homes: ItemHomes? = nil, stopHint: String = "nothing is kept",
    begin: (_ chunk: Range<Int>) throws -> Void = { _ in }, meanwhile: () throws -> Void = {},
    process: (_ item: Int, _ results: ResultBuffer) throws -> Void, collect: @escaping Collect
  ) throws {
    secondsWaiting = 0
    secondsCommunicating = 0
    let traffic = communicator.traffic.seconds
    var end: End
    if communicator.rank == 0 {
      let homes = homes ?? ItemHomes(items: costs.count, ranks: communicator.size)
      let leader = WorkLeader(
        communicator, HandOut(costs: costs, homes: homes, minimumCost: minimumCost), collect)
      self.leader = leader
      defer { self.leader = nil }
      end = try lead(leader, begin, meanwhile, process)
    } else {
      let worker = WorkWorker(communicator)
      self.worker = worker
      defer { self.worker = nil }
      end = try work(worker, begin, meanwhile, process)
    }
    end.waitingInside += try wait {
      try communicator.longBarrier {
        try meanwhile()
        return false
      }
    }
    // Ranks that had no more work do not know of a stop.
    let isStopped = try communicator.allreduce(end.isStopped ? 1 : 0, .maximum) == 1
    secondsCommunicating = communicator.traffic.seconds - traffic - end.waitingInside
    if isStopped { throw Stopped(hint: stopHint) }
  }

  /// Runs `body`, which only waits; returns how much of its time was inside MPI.
  private func wait(_ body: () throws -> Void) rethrows -> Double {
    let traffic = communicator.traffic.seconds
    let start = clock.now()
    try communicator.whileWaiting(body)
    secondsWaiting += clock.end(.waiting, since: start) - start
    return communicator.traffic.seconds - traffic
  }

  /// Answers the other ranks (on rank 0) or lets messages advance (on the others). `run` calls it after each
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
    _ leader: WorkLeader, _ begin: (Range<Int>) throws -> Void, _ meanwhile: () throws -> Void,
    _ process: (Int, ResultBuffer) throws -> Void
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
      try begin(chunk)
      for item in chunk {
        try process(item, results)
        if isWorthSending(results, since: lastDelivery) { try deliver() }
        try leader.serve()
        try meanwhile()
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
        try meanwhile()
        // The other ranks may need this core.
        if leader.isWaiting { usleep(50) }
      }
      isStopped = isChunkOpen || leader.isWaiting || leader.hasMore
      if isStopped { try leader.stopOthers(meanwhile: meanwhile) }
    }
    return End(isStopped: isStopped, waitingInside: waitingInside)
  }

  private func work(
    _ worker: WorkWorker, _ begin: (Range<Int>) throws -> Void, _ meanwhile: () throws -> Void,
    _ process: (Int, ResultBuffer) throws -> Void
  ) throws -> End {
    var end = End(isStopped: false, waitingInside: 0)
    while true {
      var chunk: Range<Int>?
      end.waitingInside += try wait { chunk = try worker.nextChunk(meanwhile: meanwhile) }
      guard let chunk else {
        end.isStopped = true
        break
      }
      guard !chunk.isEmpty else { break }
      let start = clock.now()
      defer { clock.end(.chunk, since: start) }
      var lastReport = steadySeconds()
      try begin(chunk)
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
        try meanwhile()
      }
      if end.isStopped { break }
      try worker.report(.chunkIsDone)
    }
    if end.isStopped { try worker.report(.stops) }
    try worker.end()
    if end.isStopped { end.waitingInside += try wait { try worker.awaitStop(meanwhile: meanwhile) } }
    return end
  }

  private func isWorthSending(_ results: ResultBuffer, since last: Double) -> Bool {
    results.count >= flushBytes || (results.count > 0 && steadySeconds() - last > flushSeconds)
  }
}
