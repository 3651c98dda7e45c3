import Support

/// The side of a `WorkQueue` on every rank but 0.
///
/// Its messages to rank 0 are reports: two numbers, how many bytes of results follow and what the report says
/// (`Report`), then the bytes. Rank 0 answers each report of a finished chunk with another chunk, its first
/// item and its end, until one is empty.
///
/// To stop a rank, rank 0 sends two messages with a tag of their own: the first asks for the last report, the
/// second says that all ranks' results have arrived.
final class WorkWorker {
  enum Report: Int64 {
    /// More results of the current chunk.
    case results
    /// The last results of a chunk.
    case chunkIsDone
    /// The last results of this rank, which was asked to stop.
    case stops
  }

  private let communicator: any Communicator
  /// One buffer is filled while the other is sent.
  private var buffers = [ResultBuffer(), ResultBuffer()]
  private var requests = [Requests(capacity: 4), Requests(capacity: 4)]
  private let headers: UnsafeMutableBufferPointer<Int64>
  private let chunk: UnsafeMutableBufferPointer<Int64>
  private var filling = 0
  /// Messages to stop that have arrived.
  private var stops = 0

  init(_ communicator: any Communicator) {
    self.communicator = communicator
    headers = .allocate(capacity: 4)
    chunk = .allocate(capacity: 2)
    headers.initialize(repeating: 0)
    chunk.initialize(repeating: 0)
  }

  deinit {
    headers.deallocate()
    chunk.deallocate()
  }

  var results: ResultBuffer { buffers[filling] }

  /// Waits for the next chunk; empty when there is no more, nil when rank 0 makes all ranks stop.
  func nextChunk(meanwhile: () throws -> Void) throws -> Range<Int>? {
    while true {
      if try isToldToStop() { return nil }
      if try communicator.probe(tag: Tag.queueChunk) != nil { break }
      try meanwhile()
      // Other ranks may need this core.
      usleep(20)
    }
    try communicator.receive(chunk, from: 0, tag: Tag.queueChunk)
    return Int(chunk[0])..<Int(chunk[1])
  }

  /// Whether rank 0 has asked this rank to stop; does not wait.
  func isToldToStop() throws -> Bool {
    if stops == 0, try communicator.probe(tag: Tag.queueStop) != nil { try receiveStop() }
    return stops > 0
  }

  /// Waits until rank 0 has everybody's results.
  func awaitStop(meanwhile: () throws -> Void) throws {
    while stops < 2 {
      try meanwhile()
      if try communicator.probe(tag: Tag.queueStop) != nil { try receiveStop() } else { usleep(200) }
    }
  }

  private func receiveStop() throws {
    try communicator.receive(UnsafeMutableBufferPointer(rebasing: chunk[..<1]), from: 0, tag: Tag.queueStop)
    stops += 1
  }

  /// Sends what is packed; the other buffer is filled next.
  func report(_ report: Report) throws {
    let header = UnsafeMutableBufferPointer(rebasing: headers[2 * filling..<2 * filling + 2])
    header[0] = Int64(results.count)
    header[1] = report.rawValue
    try communicator.startSend(
      UnsafeBufferPointer(header), to: 0, tag: Tag.queueReport, requests[filling])
    if results.count > 0 {
      try communicator.startSend(
        results.bytes.assumingMemoryBound(to: UInt8.self), to: 0, tag: Tag.queueBytes, requests[filling])
    }
    filling = 1 - filling
    try communicator.finish(requests[filling])
    results.removeAll()
  }

  /// Lets a send under way advance: MPI moves data only while it is called.
  func advance() throws { _ = try communicator.poll(requests[1 - filling]) }

  func end() throws {
    for sends in requests { try communicator.finish(sends) }
  }
}
