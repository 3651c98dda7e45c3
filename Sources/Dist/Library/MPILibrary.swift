internal import CMPI

/// What is peculiar to a library of MPI and to the programs that start its ranks. Everything else in this module keeps
/// to the MPI standard, to PMI and to Slurm. A further library needs a file beside those of the others, a name in
/// `knownLibraries`, and a branch below.
///
/// Three places avoid faults of Open MPI in ways that do no harm with another MPI, and say so:
/// `MPICommunicator.complete`, `MPISession.end` and `MPISession.fail`.
protocol MPILibrary {
  /// Its name in messages.
  static var name: String { get }
  /// Environment variables that its mpirun sets in each rank: the number of ranks, and which of them this is.
  static var sizeVariable: String { get }
  static var rankVariable: String { get }
  /// How to bind each rank to a core of its own.
  static var bindingCommand: String { get }
  /// The processes that start ranks, by the name that /proc gives them, on the first host and on the others.
  static var launchers: [String] { get }

  /// Sets what must be set before `MPI_Init`. Returns what a run says about it once, nil where there is nothing to say.
  static func prepare() -> String?
  /// Keeps `MPI_Abort` from printing a paragraph, which would bury the one line that matters.
  static func silenceAbort()
}

/// Every library whose mpirun is recognised, whichever this program was built with.
var knownLibraries: [any MPILibrary.Type] { [OpenMPI.self, MPICH.self] }

// LCFT_MPI of the build (Package.swift) chooses the library. Handles are pointers in Open MPI and numbers in MPICH.
#if LCFT_MPICH
  typealias OwnLibrary = MPICH
  typealias CommunicatorHandle = MPI_Comm
  typealias RequestHandle = MPI_Request
#else
  typealias OwnLibrary = OpenMPI
  typealias CommunicatorHandle = MPI_Comm?
  typealias RequestHandle = MPI_Request?
#endif
