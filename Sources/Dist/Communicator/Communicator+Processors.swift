import Support

extension Communicator {
  /// Runs `body` on every rank. On rank 0 what is spread over processors (`Processors`) uses those of all ranks of its host,
  /// which have nothing to do until the next collective call. Collective.
  package func withProcessorsOfHost<Value>(_ body: () throws -> Value) throws -> Value {
    let node = try node()
    let own = Processors.allowed.map { UInt64($0) }
    let words = try node.allreduce(own.count, .maximum)
    let part = own + [UInt64](repeating: 0, count: words - own.count)
    var all = [UInt64](repeating: 0, count: words * node.size)
    try part.withUnsafeBufferPointer { part in
      try all.withUnsafeMutableBufferPointer {
        try node.allgather(part, into: $0, counts: [Int](repeating: words, count: node.size))
      }
    }
    guard rank == 0 else { return try body() }
    let joined = (0..<words).map { word in
      (0..<node.size).reduce(UInt(0)) { $0 | UInt(all[$1 * words + word]) }
    }
    return try Processors.with(joined, body)
  }
}
