internal import CMPI
import Support

/// The ranks that mpirun or srun started, or those of them that share a host.
package final class MPICommunicator: Communicator {
  /// A borrowed communicator belongs to MPI (the world) or to another owner; an owned one is freed by the
  /// scope that made it, always before `MPI_Finalize`.
  enum Ownership { case borrowed, owned }

  package let rank: Int
  package let size: Int
  package private(set) var traffic = Traffic()

  /// The longest single MPI call, in elements; longer buffers are cut into pieces of this length. All
  /// ranks must use the same.
  package var pieceLimit = Int(Int32.max)

  private(set) var handle: CommunicatorHandle
  private let ownership: Ownership
  let monitor: WaitMonitor
  /// What ranks that work alone tell those that wait; the session's.
  var signs: LifeSigns?
  /// The host of every rank, by its own name.
  package internal(set) var hosts: [String] = []
  var madeNode: MPICommunicator?
  /// The communicator from which `node` made this one, and whose traffic includes its own.
  weak var whole: MPICommunicator?
  /// For exchanges that begin and end within one call.
  let ownRequests = Requests()
  /// Counts and displacements [2 x size] for the collectives that want 32-bit arrays.
  let layout: UnsafeMutablePointer<Int32>

  init(_ handle: CommunicatorHandle, _ ownership: Ownership, _ monitor: WaitMonitor) throws {
    self.handle = handle
    self.ownership = ownership
    self.monitor = monitor
    var rank: Int32 = 0
    var size: Int32 = 0
    try check(MPI_Comm_rank(handle, &rank), "MPI_Comm_rank", rank: -1)
    try check(MPI_Comm_size(handle, &size), "MPI_Comm_size", rank: Int(rank))
    self.rank = Int(rank)
    self.size = Int(size)
    layout = .allocate(capacity: 2 * self.size)
  }

  deinit { layout.deallocate() }

  /// Gives an owned communicator back to MPI. Collective.
  package func free() throws {
    precondition(ownership == .owned, "only an owned communicator is freed")
    try check(MPI_Comm_free(&handle), "MPI_Comm_free", rank: rank)
  }

  /// Every call that moves or awaits data comes through here: timed, counted, checked, and watched where it
  /// `waits` for other ranks.
  @inline(__always)
  func call(
    _ function: StaticString, waits: Bool = true, sent: Int = 0, received: Int = 0, _ body: () -> Int32
  ) throws {
    let start = steadySeconds()
    let outer = waits ? monitor.enter(function) : 0
    let code = body()
    if waits { monitor.leave(to: outer) }
    count(calls: 1, sent: sent, received: received, seconds: steadySeconds() - start)
    if code != MPI_SUCCESS { throw mpiError(code, function, rank: rank) }
  }

  func count(calls: Int = 0, sent: Int = 0, received: Int = 0, seconds: Double) {
    traffic.seconds += seconds
    traffic.calls += calls
    traffic.bytesSent += sent
    traffic.bytesReceived += received
    whole?.count(calls: calls, sent: sent, received: received, seconds: seconds)
  }

  /// Cuts `count` elements into pieces that MPI's 32-bit counts can express. Nothing is one empty piece:
  /// an empty message is a message.
  @inline(__always)
  func forEachPiece(of count: Int, _ body: (_ offset: Int, _ length: Int32) throws -> Void) rethrows {
    var offset = 0
    repeat {
      let length = min(count - offset, pieceLimit)
      try body(offset, Int32(length))
      offset += length
    } while offset < count
  }

  func checkRank(_ other: Int) throws {
    guard (0..<size).contains(other) else { throw DistError.noSuchRank(rank: other, size: size) }
  }
}
