/// One rank alone, without MPI. Collectives do what they do on one rank; there is no other rank to send to.
package final class SoloCommunicator: Communicator {
  package let rank = 0
  package let size = 1
  /// Nothing travels: always zero.
  package let traffic = Traffic()
  package var hosts: [String] { [hostName()] }

  package init() {}

  package func longBarrier(meanwhile: () throws -> Bool) {}

  package func barrier() {}

  package func broadcast<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from root: Int
  ) throws { try checkAlone(root) }

  package func allreduce<Element: MPIReducible>(
    _ buffer: UnsafeMutableBufferPointer<Element>, _ reduction: Reduction
  ) {}

  package func gather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int], to root: Int
  ) throws {
    try checkAlone(root)
    allgather(part, into: buffer, counts: counts)
  }

  package func allgather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int]
  ) {
    precondition(counts == [part.count] && buffer.count >= part.count, "counts must fit the parts")
    copy(part, to: buffer)
  }

  package func send<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int
  ) throws { throw DistError.noSuchRank(rank: rank, size: size) }

  package func receive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int
  ) throws { throw DistError.noSuchRank(rank: rank, size: size) }

  package func sendReceive<Element: MPIElement>(
    _ outgoing: UnsafeBufferPointer<Element>, to destination: Int,
    _ incoming: UnsafeMutableBufferPointer<Element>, from source: Int, tag: Int
  ) throws {
    try checkAlone(destination)
    try checkAlone(source)
    guard outgoing.count == incoming.count else {
      throw DistError.messageLength(
        expected: incoming.count * MemoryLayout<Element>.size,
        received: outgoing.count * MemoryLayout<Element>.size, source: source, tag: tag)
    }
    copy(outgoing, to: incoming)
  }

  package func probe(tag: Int) -> Envelope? { nil }

  package func startSend<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int, _ requests: Requests
  ) throws { throw DistError.noSuchRank(rank: rank, size: size) }

  package func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int, _ requests: Requests
  ) throws { throw DistError.noSuchRank(rank: rank, size: size) }

  package func finish(_ requests: Requests) {}
  package func longFinish(_ requests: Requests) {}
  package func poll(_ requests: Requests) -> Bool { true }

  package func whileWaiting<Value>(_ body: () throws -> Value) rethrows -> Value { try body() }

  package func node() -> any Communicator { self }

  private func checkAlone(_ other: Int) throws {
    guard other == 0 else { throw DistError.noSuchRank(rank: other, size: size) }
  }
}

/// Copies a part to the start of a buffer; nothing where it already lies there.
func copy<Element: MPIElement>(
  _ part: UnsafeBufferPointer<Element>, to buffer: UnsafeMutableBufferPointer<Element>
) {
  guard let source = part.baseAddress, let target = buffer.baseAddress, source != target, part.count > 0
  else { return }
  target.update(from: source, count: part.count)
}
