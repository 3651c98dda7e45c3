import Support

extension Communicator {
  /// Runs `body` on every rank and returns its value if it threw on none. Otherwise every rank throws the
  /// same `DistError.collective`, which names the first rank that failed and its error. Collective.
  ///
  /// For steps that may fail on some ranks only (opening a file, checking a job), so that no rank waits for
  /// one that has given up. `body` must not wait for other ranks itself. Where it takes long, `SignOfLife` keeps the others
  /// from giving up.
  package func collectively<Value>(_ body: () throws -> Value) throws -> Value {
    try agree(on: Result { try SignOfLife.whileAwaited(body) })
  }

  /// As `collectively`, for an outcome that is already known.
  package func agree<Value>(on outcome: Result<Value, any Error>) throws -> Value {
    var failure: (any Error)?
    if case .failure(let error) = outcome { failure = error }
    // One rank may have had much to do, and libraries of MPI wait by asking without a pause.
    try longBarrier()
    let first = try allreduce(failure == nil ? size : rank, .minimum)
    if first == size { return try outcome.get() }
    let failures = try allreduce(failure == nil ? 0 : 1, .sum)
    let message = try broadcast(failure.map(StandardError.line) ?? "", from: first)
    let status = try broadcast(failure.map(exitStatus) ?? 1, from: first)
    throw DistError.collective(rank: first, message: message, failures: failures, exitStatus: status)
  }
}
