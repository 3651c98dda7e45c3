import Support

/// What can go wrong between the ranks, and between the processes of a host. Every description is one line
/// for the user.
package enum DistError: Error, Sendable, Equatable {
  /// An MPI function returned something other than `MPI_SUCCESS`; `message` is `MPI_Error_string`'s.
  /// `rank` is below 0 where MPI has not begun.
  case mpi(function: String, message: String, rank: Int)
  /// The scheduler started `count` processes that cannot find one another.
  case unconnectedTasks(count: String)
  /// The launcher started `expected` ranks, of which this process finds `found` by MPI.
  case otherMPI(expected: String, found: Int)
  /// This rank's executable is not rank 0's.
  case differentBuilds(leaderHost: String)
  /// The value of `LCFT_TIMEOUT` is not a number of seconds.
  case badTimeout(text: String)
  /// MPI can be initialised only once in a process.
  case secondWorld
  /// More ranks than virtual shards: some rank would own none.
  case moreRanksThanShards(ranks: Int, shards: Int)
  case noSuchRank(rank: Int, size: Int)
  /// A message that is shorter than what the receiver was told to expect, in bytes.
  case messageLength(expected: Int, received: Int, source: Int, tag: Int)
  /// A packed result ends before the value that is read from it, in bytes.
  case resultTooShort(needed: Int, left: Int)
  /// The system did not give `bytes` bytes that the ranks of a host could share.
  case sharedMemoryUnavailable(bytes: Int, reason: String, advice: String? = nil)
  /// Memory that another process of the host offered cannot be opened in this one.
  case sharedMemoryUnreachable(process: Int, reason: String)
  /// Thrown by every rank alike after `failures` of them failed in `collectively`. `rank` is the first that
  /// failed and `message` its error.
  case collective(rank: Int, message: String, failures: Int, exitStatus: Int32)
}

extension DistError {
  /// Whether other ranks need not have met it as well.
  package var isOfOneRank: Bool { if case .mpi = self { true } else { false } }
}

extension DistError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .mpi(let function, let message, let rank):
      "\(function) failed\(rank < 0 ? "" : " on rank \(rank)"): \(message)"
    case .unconnectedTasks(let count):
      "srun started \(count) tasks without MPI, and each would run the whole job by itself; "
        + "use srun --mpi=pmix, or mpirun inside the allocation"
    case .otherMPI(let expected, let found):
      "\(expected) ranks were started, but this process finds \(found): mpirun or srun does not belong to the "
        + "\(OwnLibrary.name) that lcft was built with; use its own mpirun, or srun --mpi=pmix"
    case .differentBuilds(let host):
      "not the same build as rank 0's on \(host); start the same executable on every host"
    case .badTimeout(let text):
      "LCFT_TIMEOUT is '\(text)', not a number of seconds (0: wait without limit)"
    case .secondWorld:
      "MPI was already initialised in this process and cannot be a second time"
    case .moreRanksThanShards(let ranks, let shards):
      "\(counted(ranks, "rank")) for \(counted(shards, "virtual shard")); start at most \(counted(shards, "rank")), "
        + "or set at least \(ranks) virtual shards in the job file"
    case .noSuchRank(let rank, let size):
      "there is no rank \(rank) among \(size) to exchange a message with"
    case .messageLength(let expected, let received, let source, let tag):
      "rank \(source) sent a message of \(received) bytes (tag \(tag)) where \(expected) were expected; "
        + "check that all ranks run the same build with the same job file and data"
    case .resultTooShort(let needed, let left):
      "a packed result has \(left) bytes left where \(needed) are needed; "
        + "check that all ranks run the same build"
    case .sharedMemoryUnavailable(let bytes, let reason, let advice):
      "cannot allocate \(bytes >> 20) MB of memory for the ranks of a host to share: \(reason); "
        + (advice ?? "spread the ranks over more hosts, or ask the scheduler for more memory")
    case .sharedMemoryUnreachable(let process, let reason):
      "cannot see the memory of process \(process) on this host: \(reason)"
    case .collective(_, let message, let failures, _):
      failures > 1 ? "\(message) (and on \(failures - 1) more of the ranks)" : message
    }
  }
}
