import Support

/// Runs `body` among all ranks of the job: inside an MPI session where mpirun or srun started the
/// process, otherwise as one rank that never touches MPI.
///
/// The session begins and ends with this call: everything that holds a communicator must live inside. An
/// error that leaves `body` on any rank does not return from here. It is printed once on standard error, as
/// `program: rank r: what happened`, and ends every rank, with its `exitStatus` if it is
/// `ExitStatusProviding` and otherwise with 1. What several ranks throw alike is printed by the first of
/// them.
///
/// A rank that has waited for others for `LCFT_TIMEOUT` seconds (600 by default) ends the run as well: a host
/// is lost.
///
/// Throws `DistError` only where the session itself cannot begin, on every rank alike.
package func withWorld<Value>(
  program: String = "lcft", _ body: (any Communicator) throws -> Value
) throws -> Value {
  switch try Launcher.detect() {
  case .solo:
    do { return try body(SoloCommunicator()) } catch {
      printError("\(program): \(StandardError.line(error))")
      exit(exitStatus(of: error))
    }
  case .mpi:
    let session = try MPISession(program: program)
    do {
      try session.begin()
      let value = try body(session.world)
      try session.end()
      return value
    } catch {
      session.fail(error)
    }
  }
}

/// Prints one line on standard error in one piece, after everything printed before it.
func printError(_ line: String) {
  fflush(nil)
  StandardError.write(line + "\n")
}
