import Support

/// How fast two ranks reach each other.
package struct Link: Sendable, Equatable {
  /// Seconds that an empty message takes.
  package var latency: Double
  /// Bytes per second of long messages, one way.
  package var bandwidth: Double

  package init(latency: Double, bandwidth: Double) {
    self.latency = latency
    self.bandwidth = bandwidth
  }
}

extension Communicator {
  /// Measures the link between the ranks `first` and `second` by messages there and back; every rank gets the
  /// result. The best of several rounds counts: other traffic can only slow a message down. Collective.
  package func measureLink(_ first: Int, _ second: Int) throws -> Link {
    let size = 8 << 20
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    defer { buffer.deallocate() }
    buffer.initialize(repeating: 0)
    var latency = Double.infinity
    for _ in 0..<200 {
      latency = min(latency, try pingPong(first, second, UnsafeMutableBufferPointer(rebasing: buffer[..<1])))
    }
    var bandwidth = 0.0
    // A slow link may let a burst through; what it carries for long shows in some tenths of a second.
    for _ in 0..<8 {
      let seconds = try pingPong(first, second, buffer)
      bandwidth = max(bandwidth, Double(size) / max(seconds - latency, 1e-9))
    }
    var link = [latency, bandwidth]
    link = try broadcast(link, from: first)
    try barrier()
    return Link(latency: link[0], bandwidth: link[1])
  }

  /// On the rank `first`, half the time of a message there and back.
  private func pingPong(_ first: Int, _ second: Int, _ buffer: UnsafeMutableBufferPointer<UInt8>) throws
    -> Double
  {
    let start = steadySeconds()
    if rank == first {
      try send(UnsafeBufferPointer(buffer), to: second, tag: Tag.clock)
      try receive(buffer, from: second, tag: Tag.clock)
    } else if rank == second {
      try receive(buffer, from: first, tag: Tag.clock)
      try send(UnsafeBufferPointer(buffer), to: first, tag: Tag.clock)
    }
    return (steadySeconds() - start) / 2
  }

  /// The host of each rank, as a number from 0 in the order of the hosts' first ranks. A host is what MPI
  /// takes for one: ranks that can share memory. Collective.
  package func nodes() throws -> [Int] {
    let first = try node().allreduce(rank, .minimum)
    let firsts = try allgather([first]).values
    let distinct = Array(Set(firsts)).sorted()
    return firsts.map { distinct.firstIndex(of: $0) ?? 0 }
  }
}
