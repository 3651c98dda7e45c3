import Support

extension Communicator {
  /// The seconds to add to this rank's steady clock to get rank 0's. Collective.
  ///
  /// 0 on the host of rank 0, whose ranks share one clock. On every other host one rank asks rank 0 for the
  /// time, `rounds` times. The answer with the shortest round trip is taken to be from the middle of it, so
  /// that the error is below half of that round trip.
  package func clockOffset(rounds: Int = 32) throws -> Double {
    let ownRank = rank
    let node = try node()
    let leads = node.rank == 0
    let leaders = try allgather([leads ? 1 : 0]).values
    let asking = leaders.indices.filter { leaders[$0] == 1 && $0 != 0 }
    var offset = 0.0
    var message = [0.0]
    try message.withUnsafeMutableBufferPointer { time in
      if ownRank == 0 {
        for other in asking {
          for _ in 0..<rounds {
            try receive(time, from: other, tag: Tag.clock)
            time[0] = steadySeconds()
            try send(UnsafeBufferPointer(time), to: other, tag: Tag.clock)
          }
        }
      } else if leads {
        var shortest = Double.infinity
        for _ in 0..<rounds {
          let start = steadySeconds()
          try send(UnsafeBufferPointer(time), to: 0, tag: Tag.clock)
          try receive(time, from: 0, tag: Tag.clock)
          let end = steadySeconds()
          if end - start < shortest {
            shortest = end - start
            offset = time[0] - (start + end) / 2
          }
        }
      }
    }
    return try node.broadcast(offset, from: 0)
  }
}
