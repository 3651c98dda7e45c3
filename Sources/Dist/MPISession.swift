internal import CMPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// MPI from `MPI_Init_thread` to `MPI_Finalize`, or to `MPI_Abort`.
final class MPISession {
  let world: MPICommunicator
  /// The same ranks apart from the world's messages: a failing rank reaches the others through it
  /// whatever they are waiting for in the world.
  private let control: MPICommunicator
  private let program: String

  /// How long a failing rank waits for the others to fail as well before it ends them.
  private static let patience = 1.0

  init(program: String) throws {
    var initialized: Int32 = 0
    try check(MPI_Initialized(&initialized), "MPI_Initialized", rank: -1)
    guard initialized == 0 else { throw DistError.secondWorld }
    var provided: Int32 = 0
    try check(
      MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided), "MPI_Init_thread", rank: -1)
    guard let handle = lcft_mpi_comm_world() else { preconditionFailure("MPI has no world") }
    try check(
      MPI_Comm_set_errhandler(handle, lcft_mpi_errors_return()), "MPI_Comm_set_errhandler", rank: -1)
    world = try MPICommunicator(handle, .borrowed)
    var copy: MPI_Comm?
    try check(MPI_Comm_dup(handle, &copy), "MPI_Comm_dup", rank: world.rank)
    guard let copy else { preconditionFailure("MPI_Comm_dup left no communicator") }
    control = try MPICommunicator(copy, .owned)
    self.program = program
  }

  /// The ranks meet before any of them finalises: mpirun crashes or hangs (Open MPI 4.1 with PMIx 4.2) when
  /// one rank aborts while another is in `MPI_Finalize`.
  func end() throws {
    try world.barrier()
    try control.free()
    try check(MPI_Finalize(), "MPI_Finalize", rank: world.rank)
  }

  /// Prints the error and ends every rank.
  ///
  /// By `MPI_Abort` even where all ranks have failed together and could finalise: mpirun then adds nothing
  /// of its own, while processes that finalise and exit with an error make it print two paragraphs.
  func fail(_ error: any Error) -> Never {
    let status = exitStatus(of: error)
    var source = world.rank
    if case DistError.collective(let rank, _, _, _) = error { source = rank }
    let message = oneLine(error)
    let everyone = (try? reachOthers()) ?? false
    if !everyone || ((try? isFirst(toSay: message)) ?? true) {
      printError("\(program): rank \(source): \(message)")
    }
    fflush(nil)
    if everyone {
      // No rank may end the others before each has printed, and one is enough to end all: Open MPI
      // stumbles over several at once, and says so.
      try? control.barrier()
      if world.rank != 0 {
        sleep(10)
        _exit(status)
      }
    }
    lcft_mpi_silence_abort()
    MPI_Abort(world.handle, status)
    _exit(status)
  }

  /// Whether every other rank fails too, within the patience of this one.
  private func reachOthers() throws -> Bool {
    var request: MPI_Request? = lcft_mpi_request_null()
    try check(MPI_Ibarrier(control.handle, &request), "MPI_Ibarrier", rank: world.rank)
    let deadline = steadySeconds() + MPISession.patience
    var done: Int32 = 0
    while done == 0 && steadySeconds() < deadline {
      var status = MPI_Status()
      try check(MPI_Test(&request, &done, &status), "MPI_Test", rank: world.rank)
      if done == 0 { usleep(1000) }
    }
    return done != 0
  }

  /// Whether no rank before this one has the same message.
  private func isFirst(toSay message: String) throws -> Bool {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in message.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let hashes = try control.allgather([hash]).values
    return hashes.firstIndex(of: hash) == world.rank
  }
}
