import Dist
import Support

struct CheckFailure: ExitStatusProviding, CustomStringConvertible {
  let description: String
  var exitStatus: Int32 { 3 }
  init(_ description: String) { self.description = description }
}

/// Counts what has been checked, and digests the sums, which must be the same for any number of ranks.
final class Check {
  let world: any Communicator
  private(set) var count = 0
  private var sums = FNV()

  init(_ world: any Communicator) { self.world = world }

  var rank: Int { world.rank }
  var size: Int { world.size }
  var digestText: String { String(sums.hash, radix: 16) }

  func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    count += 1
    if !condition { throw CheckFailure("check failed: \(what())") }
  }

  /// The error that `body` throws.
  func failure(of what: String, _ body: () throws -> Void) throws -> any Error {
    count += 1
    do { try body() } catch { return error }
    throw CheckFailure("check failed: no error from \(what)")
  }

  func digest(_ bits: UInt64) { sums.add(bits) }

  /// Runs `body` once with MPI's own piece limit and once with each of `limits`, so that short buffers are
  /// cut as long ones are.
  func withPieceLimits(_ limits: Int..., body: () throws -> Void) throws {
    try body()
    let communicator = world as? MPICommunicator
    let own = communicator?.pieceLimit
    defer { if let own { communicator?.pieceLimit = own } }
    for limit in limits {
      communicator?.pieceLimit = limit
      try body()
    }
  }
}
