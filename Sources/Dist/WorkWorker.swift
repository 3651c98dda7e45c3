/// The side of a `WorkQueue` on every rank but 0.
///
/// Its messages to rank 0 are reports: two numbers, how many bytes of results follow and whether a chunk
/// is done, then the bytes. Rank 0 answers each report of a done chunk with a further chunk, first and
/// end, until one is empty.
final class WorkWorker {
  private let communicator: any Communicator
  /// One buffer is filled while the other is sent.
  private var buffers = [ResultBuffer(), ResultBuffer()]
  private var requests = [Requests(capacity: 4), Requests(capacity: 4)]
  private let headers: UnsafeMutableBufferPointer<Int64>
  private let chunk: UnsafeMutableBufferPointer<Int64>
  private var filling = 0

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

  /// Waits for the chunk that comes next; empty when there is no more.
  func nextChunk() throws -> Range<Int> {
    try communicator.receive(chunk, from: 0, tag: Tag.queueChunk)
    return Int(chunk[0])..<Int(chunk[1])
  }

  /// Sends what is packed, and goes on with the other buffer.
  func report(chunkIsDone: Bool) throws {
    let header = UnsafeMutableBufferPointer(rebasing: headers[2 * filling..<2 * filling + 2])
    header[0] = Int64(results.count)
    header[1] = chunkIsDone ? 1 : 0
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

  /// Lets a send under way go on: MPI moves data only while it is called.
  func advance() throws { _ = try communicator.poll(requests[1 - filling]) }

  func end() throws {
    for sends in requests { try communicator.finish(sends) }
  }
}
