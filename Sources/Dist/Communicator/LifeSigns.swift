import Support

/// The signs by which a rank that works alone keeps those that wait for it from giving up (`WaitMonitor`): empty messages,
/// some of them within every limit.
///
/// A thread that watches could not send them: MPI is spoken to by one thread of a rank. So they come between pieces of the
/// work (`SignOfLife`), and say that it gets on.
final class LifeSigns: @unchecked Sendable {
  /// Of the session's own messages.
  private let communicator: MPICommunicator
  private let requests: Requests
  private var sent = 0
  private var received = 0

  init(_ communicator: MPICommunicator) {
    self.communicator = communicator
    requests = Requests(capacity: communicator.size)
  }

  /// One sign to every other rank, unless the last ones are still on their way.
  func give() throws {
    guard try communicator.poll(requests) else { return }
    sent += 1
    for rank in 0..<communicator.size where rank != communicator.rank {
      try communicator.startSend(
        UnsafeBufferPointer<UInt8>(start: nil, count: 0), to: rank, tag: Tag.lifeSign, requests)
    }
  }

  /// Takes in the signs that have come, each of which the monitor notes.
  func take() throws {
    while let sign = try communicator.probe(tag: Tag.lifeSign) {
      received += 1
      try communicator.receive(
        UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0), from: sign.source, tag: Tag.lifeSign)
    }
  }

  /// Takes in all that have been sent, so that none is under way when MPI ends. Collective.
  func end() throws {
    let all = try communicator.allreduce(sent, .sum)
    try communicator.whileWaiting {
      while received < all - sent {
        try take()
        sched_yield()
      }
    }
    try communicator.finish(requests)
  }
}
