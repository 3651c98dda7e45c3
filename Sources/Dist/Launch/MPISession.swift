internal import CMPI
import Support

/// MPI from `MPI_Init_thread` to `MPI_Finalize`, or to `MPI_Abort`.
final class MPISession {
  let world: MPICommunicator
  /// The same ranks, with messages of their own: through it a failing rank reaches the others, whatever they
  /// wait for in the world.
  private let control: MPICommunicator
  private let signs: LifeSigns
  private let monitor = WaitMonitor()
  private let program: String
  /// What the library's preparation on this rank's host has to say.
  private let note: String?

  /// How long a failing rank waits for the others to fail as well before it ends them.
  private static let patience = 1.0

  init(program: String) throws {
    var initialized: Int32 = 0
    try check(MPI_Initialized(&initialized), "MPI_Initialized", rank: -1)
    guard initialized == 0 else { throw DistError.secondWorld }
    // A connection that the other side has closed is then an error of MPI, with a line of its own.
    signal(SIGPIPE, SIG_IGN)
    note = OwnLibrary.prepare()
    var provided: Int32 = 0
    try check(
      MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided), "MPI_Init_thread", rank: -1)
    let handle: CommunicatorHandle = lcft_mpi_comm_world()
    try check(
      MPI_Comm_set_errhandler(handle, lcft_mpi_errors_return()), "MPI_Comm_set_errhandler", rank: -1)
    world = try MPICommunicator(handle, .borrowed, monitor)
    self.program = program
    try Launcher.check(size: world.size, Launcher.environment)
    MPISession.watch(monitor, world, program)
    var copy: CommunicatorHandle = lcft_mpi_comm_null()
    let outer = monitor.enter("MPI_Comm_dup")
    let code = MPI_Comm_dup(handle, &copy)
    monitor.leave(to: outer)
    try check(code, "MPI_Comm_dup", rank: world.rank)
    control = try MPICommunicator(copy, .owned, monitor)
    signs = LifeSigns(control)
    world.signs = signs
  }

  /// From the first message on, for as long as this rank's own environment says, until rank 0 tells.
  private static func watch(_ monitor: WaitMonitor, _ world: MPICommunicator, _ program: String) {
    let own = try? WaitMonitor.seconds(Launcher.environment(WaitMonitor.variable))
    monitor.setLimit(
      seconds: own ?? WaitMonitor.defaultSeconds, rank: world.rank, name: world.name(of: world.rank))
    let handle = Handle(world: world.handle)
    monitor.watch { rank, place, seconds in
      let reason = MPISession.lost(after: seconds, in: place)
      printError("\(program): \(rank): \(reason)")
      LastWords.say(reason)
      StuckLauncher.endLater()
      // Where the host with mpirun is out of reach, MPI_Abort does not return.
      alarm(5)
      OwnLibrary.silenceAbort()
      MPI_Abort(handle.world, 1)
      _exit(1)
    }
  }

  /// What the ranks tell one another before they work: their hosts, their builds, and how long to wait.
  func begin() throws {
    let (bytes, counts) = try world.allgather(Array(hostName().utf8))
    var start = 0
    world.hosts = counts.map { count in
      defer { start += count }
      return String(decoding: bytes[start..<start + count], as: UTF8.self)
    }
    let seconds = try world.broadcast(
      try world.collectively {
        world.rank == 0 ? try WaitMonitor.seconds(Launcher.environment(WaitMonitor.variable)) : 0
      }, from: 0)
    monitor.setLimit(seconds: seconds, rank: world.rank, name: world.name(of: world.rank))
    if seconds > 0, world.size > 1 {
      SignOfLife.listen(every: seconds / 8) { [signs] in try? signs.give() }
    }
    let speaker = try world.allreduce(note == nil ? world.size : world.rank, .minimum)
    if let note, speaker == world.rank { printError(note) }
    let build = buildDigest()
    let expected = try world.broadcast(build, from: 0)
    try world.collectively {
      if build != expected { throw DistError.differentBuilds(leaderHost: world.hosts[0]) }
    }
  }

  /// An MPI handle is a pointer or a number, which any thread may hold.
  private struct Handle: @unchecked Sendable { let world: CommunicatorHandle }

  private static func lost(after seconds: Double, in place: String) -> String {
    "no answer from the other ranks for \(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") s "
      + "(\(place)): a host or the network between the hosts is gone, or a rank hangs; when it is back, give the command "
      + "again, a run with --resume (LCFT_TIMEOUT sets the seconds, 0: wait without limit)"
  }

  /// Ends MPI. The ranks meet before any of them finalises: mpirun crashes or hangs (Open MPI 4.1 with PMIx
  /// 4.2) when one rank aborts while another is in `MPI_Finalize`.
  func end() throws {
    SignOfLife.endListening()
    try world.barrier()
    try signs.end()
    try world.freeNode()
    let outer = monitor.enter("MPI_Finalize")
    defer { monitor.leave(to: outer) }
    try control.free()
    try check(MPI_Finalize(), "MPI_Finalize", rank: world.rank)
  }

  /// Prints the error and ends every rank.
  ///
  /// By `MPI_Abort`, even where all ranks have failed together and could finalise: then Open MPI's mpirun
  /// adds nothing of its own, while processes that finalise and exit with an error make it print two
  /// paragraphs.
  func fail(_ error: any Error) -> Never {
    let status = exitStatus(of: error)
    var source = world.rank
    if case DistError.collective(let rank, _, _, _) = error { source = rank }
    let message = StandardError.line(error)
    let everyone = (try? reachOthers()) ?? false
    if !everyone || ((try? isFirst(toSay: message)) ?? true) {
      printError("\(program): \(world.name(of: source)): \(message)")
    }
    fflush(nil)
    if everyone {
      // No rank may end the others before each has printed. One rank ends all: Open MPI stumbles over several
      // that abort at once, and says so.
      try? control.barrier()
      if world.rank != 0 {
        sleep(10)
        _exit(status)
      }
    }
    OwnLibrary.silenceAbort()
    MPI_Abort(world.handle, status)
    _exit(status)
  }

  /// Whether every other rank fails as well, within the patience of this one.
  private func reachOthers() throws -> Bool {
    var request: RequestHandle = lcft_mpi_request_null()
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

  /// Whether this is the first of the ranks with this message.
  private func isFirst(toSay message: String) throws -> Bool {
    let hash = FNV(message).hash
    let hashes = try control.allgather([hash]).values
    return hashes.firstIndex(of: hash) == world.rank
  }
}
