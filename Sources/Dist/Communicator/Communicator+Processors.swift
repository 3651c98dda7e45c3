import Support

extension Communicator {
  /// Runs `body` on every rank. On rank 0 what is spread over processors (`Processors`) uses those of all ranks of its host,
  /// which have nothing to do until the next collective call. Collective.
  package func withProcessorsOfHost<Value>(_ body: () throws -> Value) throws -> Value {
    let node = try node()
    // As many words on every rank of a host.
    let own = Processors.allowed.map(UInt64.init)
    let counts = [Int](repeating: own.count, count: node.size)
    var all = [UInt64](repeating: 0, count: own.count * node.size)
    try own.withUnsafeBufferPointer { own in
      try all.withUnsafeMutableBufferPointer { try node.allgather(own, into: $0, counts: counts) }
    }
    guard rank == 0 else { return try body() }
    let joined = own.indices.map { word in
      stride(from: word, to: all.count, by: own.count).reduce(UInt(0)) { $0 | UInt(all[$1]) }
    }
    return try Processors.with(joined, body)
  }
}
