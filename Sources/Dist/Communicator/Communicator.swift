/// The ranks of a run and what they say to one another: `MPICommunicator` under mpirun or srun,
/// `SoloCommunicator` in a process by itself.
///
/// Every rank must call the collective functions, in the same order and with the same counts unless stated
/// otherwise. Buffers stay the caller's; no call allocates after the first. Counts above MPI's 2^31 - 1 are
/// cut into pieces. Everything throws `DistError.mpi` when MPI reports an error.
package protocol Communicator: AnyObject {
  /// 0 ..< size.
  var rank: Int { get }
  var size: Int { get }
  /// What this rank has exchanged through this communicator.
  var traffic: Traffic { get }
  /// The host of every rank, by its own name.
  var hosts: [String] { get }

  /// Returns when every rank has called it (`MPI_Barrier`).
  func barrier() throws

  /// As `barrier`, for waits that may be long: while others read a file or write one, the core is left to others. It
  /// returns some microseconds later than `barrier` at most, and after a long wait a millisecond. `meanwhile` is called
  /// again and again until then: what other ranks need of this one before they come, or work that can be done now. `meanwhile`
  /// returns whether it has worked: then the core is kept, and the time is not one of waiting.
  func longBarrier(meanwhile: () throws -> Bool) throws

  /// Copies `root`'s buffer into every other rank's (`MPI_Bcast`).
  func broadcast<Element: MPIElement>(_ buffer: UnsafeMutableBufferPointer<Element>, from root: Int) throws

  /// Joins the ranks' buffers element by element, in place (`MPI_Allreduce`).
  ///
  /// A sum of Doubles depends in its last bits on the number of ranks: for counts and times. What must
  /// not depend on it goes through `TreeSum`.
  func allreduce<Element: MPIReducible>(
    _ buffer: UnsafeMutableBufferPointer<Element>, _ reduction: Reduction) throws

  /// Lays the ranks' parts one after the other into `buffer` on `root`. `counts` [size] are the lengths of
  /// the parts; `buffer` and `counts` are read on `root` only.
  func gather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int], to root: Int) throws

  /// Lays the ranks' parts one after the other into `buffer` on every rank; `counts` [size] are their
  /// lengths. A `part` that already lies at its place in `buffer` is not copied.
  func allgather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int]) throws

  /// Sends `buffer` to a rank that calls `receive` with the same count and tag (as `MPI_Send`); may return
  /// only when it does. Tags are 0 ..< `Tag.reserved`.
  func send<Element: MPIElement>(_ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int) throws

  /// Waits for a message of exactly `buffer.count` elements (`MPI_Recv`). Throws
  /// `DistError.messageLength` if it is shorter.
  func receive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int) throws

  /// Sends and receives at the same time, so that two ranks can exchange and neither need be first.
  func sendReceive<Element: MPIElement>(
    _ outgoing: UnsafeBufferPointer<Element>, to destination: Int,
    _ incoming: UnsafeMutableBufferPointer<Element>, from source: Int, tag: Int) throws

  /// The next message with this tag from any rank that has arrived and not been received, if there is
  /// one (`MPI_Iprobe`). Does not wait.
  func probe(tag: Int) throws -> Envelope?

  /// Starts a send that continues while the rank computes (`MPI_Isend`). `buffer` must not be touched until
  /// `finish` or `poll` says that the send is done.
  func startSend<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int, _ requests: Requests) throws

  /// Starts a receive of exactly `buffer.count` elements (`MPI_Irecv`). As for `startSend`.
  func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int, _ requests: Requests) throws

  /// Waits until everything started with `requests` is done (`MPI_Wait`); `requests` is empty after.
  func finish(_ requests: Requests) throws

  /// As `finish`, for waits that may be long, as `longBarrier` is for those of all.
  func longFinish(_ requests: Requests) throws

  /// Whether everything started with `requests` is done (`MPI_Test`); if so, `requests` is empty after.
  /// Does not wait; lets messages advance.
  func poll(_ requests: Requests) throws -> Bool

  /// Runs `body`, in which this rank only calls `probe` and `poll` until something arrives. It ends the run
  /// where nothing does for too long, as every call that waits.
  func whileWaiting<Value>(_ body: () throws -> Value) rethrows -> Value

  /// The ranks on the same host, in the order of their ranks here (`MPI_Comm_split_type`). Collective at the
  /// first call; ends with this communicator.
  func node() throws -> any Communicator
}

extension Communicator {
  package func longBarrier() throws { try longBarrier(meanwhile: { false }) }
}
