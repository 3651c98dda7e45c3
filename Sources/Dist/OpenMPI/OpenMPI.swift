internal import CMPI

/// What is peculiar to Open MPI and to the programs that start its ranks. Everything else in this module
/// keeps to the MPI standard, to PMI and to Slurm; another MPI needs a file like this one beside it.
///
/// Three places avoid faults of Open MPI in ways that do no harm with another MPI, and say so:
/// `MPICommunicator.complete`, `MPISession.end` and `MPISession.fail`.
enum OpenMPI {
  /// Its name in messages.
  static let name = "Open MPI"

  /// Environment variables that mpirun sets in each rank: the number of ranks, and which of them this is.
  static let sizeVariable = "OMPI_COMM_WORLD_SIZE"
  static let rankVariable = "OMPI_COMM_WORLD_RANK"

  /// How to bind each rank to a core of its own.
  static let bindingCommand = "mpirun --bind-to core"

  /// The processes that start ranks, by the name that /proc gives them: mpirun on the first host, its daemon
  /// on the others, up to Open MPI 4 and from 5 on.
  static let launchers = ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"]

  /// Keeps `MPI_Abort` from making mpirun print a paragraph, which would bury the one line that matters.
  static func silenceAbort() { lcft_openmpi_silence_abort() }
}
