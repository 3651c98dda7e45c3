import Support

/// Rank 0's side of a `WorkQueue`: hands out chunks and collects results.
final class WorkLeader {
  let collect: WorkQueue.Collect
  private let communicator: any Communicator
  private var handOut: HandOut
  /// By rank: chunks whose results have not all arrived.
  private var outstanding: [Int]
  /// Ranks that have been told that there is no more.
  private var dismissed: [Bool]
  /// A rank has been asked to stop; nothing more is handed out.
  private(set) var isToldToStop = false
  /// Ranks that were asked to stop and whose last report has arrived.
  private var stopped: [Bool]
  private var arriving: [Arrival?]
  private var arrivals = 0
  private let message: UnsafeMutableBufferPointer<Int64>
  private var isServing = false

  /// Results on their way from one rank.
  private final class Arrival {
    let buffer = ResultBuffer()
    let requests = Requests(capacity: 1)
    var isUnderWay = false
  }

  init(_ communicator: any Communicator, _ handOut: HandOut, _ collect: @escaping WorkQueue.Collect) {
    self.communicator = communicator
    self.collect = collect
    self.handOut = handOut
    dismissed = [Bool](repeating: false, count: communicator.size)
    outstanding = [Int](repeating: 0, count: communicator.size)
    stopped = [Bool](repeating: false, count: communicator.size)
    arriving = [Arrival?](repeating: nil, count: communicator.size)
    message = .allocate(capacity: 2)
    message.initialize(repeating: 0)
  }

  deinit { message.deallocate() }

  /// Gives every other rank its first two chunks.
  func start() throws {
    for _ in 0..<2 {
      for rank in stride(from: 1, to: communicator.size, by: 1) { try handOut(to: rank) }
    }
  }

  /// The next chunk for rank 0 itself.
  func takeOwn() -> Range<Int>? { handOut.next(for: communicator.rank) }

  /// Whether items have not been handed out yet.
  var hasMore: Bool { handOut.hasMore }

  var isWaiting: Bool { arrivals > 0 || outstanding.contains { $0 > 0 } }

  /// Receives and answers the reports that have arrived, then collects the results that have.
  func serve() throws {
    guard communicator.size > 1, !isServing else { return }
    isServing = true
    defer { isServing = false }
    while let report = try communicator.probe(tag: Tag.queueReport) {
      try communicator.receive(message, from: report.source, tag: Tag.queueReport)
      let bytes = Int(message[0])
      switch WorkWorker.Report(rawValue: message[1]) {
      case .chunkIsDone:
        outstanding[report.source] -= 1
        if !isToldToStop { try handOut(to: report.source) }
      case .stops:
        isToldToStop = true
        stopped[report.source] = true
      case .results, nil: break
      }
      if bytes > 0 { try startArrival(of: bytes, from: report.source) }
    }
    guard arrivals > 0 else { return }
    for arrival in arriving {
      if let arrival, arrival.isUnderWay, try communicator.poll(arrival.requests) { try take(arrival) }
    }
  }

  /// Makes every rank that still works stop after its item, and collects what they have.
  func stopOthers(meanwhile: () throws -> Void) throws {
    isToldToStop = true
    func works(_ rank: Int) -> Bool { !stopped[rank] && (!dismissed[rank] || outstanding[rank] > 0) }
    // A rank that stopped by itself and said so waits for both messages as well.
    let working = (1..<communicator.size).filter { works($0) || stopped[$0] }
    for rank in working { try sendStop(to: rank) }
    while arrivals > 0 || working.contains(where: works) {
      try serve()
      try meanwhile()
      usleep(50)
    }
    for rank in working { try sendStop(to: rank) }
  }

  private func sendStop(to rank: Int) throws {
    try communicator.send(
      UnsafeBufferPointer(rebasing: message[..<1]), to: rank, tag: Tag.queueStop)
  }

  private func handOut(to rank: Int) throws {
    guard !dismissed[rank] else { return }
    if let chunk = handOut.next(for: rank) {
      message[0] = Int64(chunk.lowerBound)
      message[1] = Int64(chunk.upperBound)
      outstanding[rank] += 1
    } else {
      message[0] = 0
      message[1] = 0
      dismissed[rank] = true
    }
    try communicator.send(UnsafeBufferPointer(message), to: rank, tag: Tag.queueChunk)
  }

  private func startArrival(of bytes: Int, from rank: Int) throws {
    let arrival = arriving[rank] ?? Arrival()
    arriving[rank] = arrival
    if arrival.isUnderWay {
      try communicator.finish(arrival.requests)
      try take(arrival)
    }
    arrival.buffer.removeAll()
    let place = UnsafeMutableRawBufferPointer(start: arrival.buffer.grow(by: bytes), count: bytes)
    try communicator.startReceive(
      place.bindMemory(to: UInt8.self), from: rank, tag: Tag.queueBytes, arrival.requests)
    arrival.isUnderWay = true
    arrivals += 1
  }

  private func take(_ arrival: Arrival) throws {
    arrival.isUnderWay = false
    arrivals -= 1
    try collect(arrival.buffer.bytes)
  }
}
