import Support

/// What can go wrong between the ranks. Every description is one line for the user.
package enum DistError: Error, Sendable, Equatable {
  /// An MPI function returned something other than `MPI_SUCCESS`; `message` is `MPI_Error_string`'s.
  case mpi(function: String, message: String, rank: Int)
  /// The scheduler started several processes that cannot find one another.
  case unconnectedTasks(count: String)
  /// The launcher started `expected` ranks, and this process finds `found` of them by MPI.
  case otherMPI(expected: String, found: Int)
  /// This rank's executable is not rank 0's.
  case differentBuilds(leaderHost: String)
  /// The value of `LCFT_TIMEOUT` is not a number of seconds.
  case badTimeout(String)
  /// MPI can be initialised and finalised only once in a process.
  case secondWorld
  /// More ranks than virtual shards: some rank would own none.
  case moreRanksThanShards(ranks: Int, shards: Int)
  case noSuchRank(rank: Int, size: Int)
  /// A message that is shorter than what the receiver was told to expect, in bytes.
  case messageLength(expected: Int, received: Int, source: Int, tag: Int)
  /// A packed result ends before the value that is read from it, in bytes.
  case resultTooShort(needed: Int, left: Int)
  /// Thrown by every rank alike after one or more of them failed in `collectively`. `rank` is the first
  /// that failed and `message` its error.
  case collective(rank: Int, message: String, failures: Int, exitStatus: Int32)
}

extension DistError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .mpi(let function, let message, let rank):
      "\(function) failed on rank \(rank): \(message)"
    case .unconnectedTasks(let count):
      "srun started \(count) tasks without MPI, each would run the whole job by itself; "
        + "use srun --mpi=pmix, or mpirun inside the allocation"
    case .otherMPI(let expected, let found):
      "\(expected) ranks were started, of which this process finds \(found): the mpirun or srun is not the one "
        + "of the Open MPI that lcft was built with; use that one's mpirun, or srun --mpi=pmix"
    case .differentBuilds(let host):
      "not the same build as rank 0's on \(host); start the same executable on every host"
    case .badTimeout(let text):
      "LCFT_TIMEOUT is '\(text)', not a number of seconds (0: wait without limit)"
    case .secondWorld:
      "MPI was already initialised in this process and cannot be a second time"
    case .moreRanksThanShards(let ranks, let shards):
      "\(ranks) ranks for \(shards) virtual shards; start at most \(shards) ranks, "
        + "or set at least \(ranks) virtual shards in the job file"
    case .noSuchRank(let rank, let size):
      "there is no rank \(rank) to exchange a message with among \(size)"
    case .messageLength(let expected, let received, let source, let tag):
      "a message of \(received) bytes from rank \(source) (tag \(tag)) where \(expected) were expected; "
        + "check that all ranks run the same build with the same job file and data"
    case .resultTooShort(let needed, let left):
      "a packed result has \(left) bytes left where \(needed) are needed; "
        + "check that all ranks run the same build"
    case .collective(_, let message, let failures, _):
      failures > 1 ? "\(message) (and on \(failures - 1) more of the ranks)" : message
    }
  }
}

/// An error that chooses the process's exit status, 1...255; every other error ends with 1.
package protocol ExitStatusProviding: Error {
  var exitStatus: Int32 { get }
}

/// Thrown by every rank alike where work ends early because a rank was asked to stop by a signal; what was
/// done is kept, and the same command can go on.
package struct Stopped: ExitStatusProviding, CustomStringConvertible {
  /// What is kept and how to go on.
  package let hint: String

  package init(hint: String) { self.hint = hint }

  package var exitStatus: Int32 { StopRequest.exitStatus }
  package var description: String { "stopped by a signal; \(hint)" }
}

extension DistError: ExitStatusProviding {
  package var exitStatus: Int32 {
    if case .collective(_, _, _, let status) = self { status } else { 1 }
  }
}

/// The exit status for `error`: its own where it has one that a shell can see, otherwise 1.
func exitStatus(of error: any Error) -> Int32 {
  guard let status = (error as? any ExitStatusProviding)?.exitStatus, (1...255).contains(status)
  else { return 1 }
  return status
}
