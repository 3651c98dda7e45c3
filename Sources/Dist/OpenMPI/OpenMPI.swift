internal import CMPI
import Support

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

  /// Parameters that choose how ranks of a host copy large messages: of Open MPI 4, of 5, and of 5 for all mechanisms.
  private static let copyParameters = [
    "OMPI_MCA_btl_vader_single_copy_mechanism", "OMPI_MCA_btl_sm_single_copy_mechanism", "OMPI_MCA_smsc",
  ]

  /// Before `MPI_Init`: where ranks may not copy from one another's memory, as in many containers, chooses the copy
  /// by way of shared memory, unless the user has chosen. Open MPI would try in vain for every message, and print a
  /// line each time. Returns whether it has chosen.
  static func chooseCopyMechanism() -> Bool {
    guard lcft_openmpi_can_copy() == 0, !copyParameters.contains(where: { getenv($0) != nil }) else {
      return false
    }
    for name in copyParameters.prefix(2) { setenv(name, "none", 1) }
    setenv(copyParameters[2], "^cma", 1)
    return true
  }

  /// What a run says where it has.
  static let copyNote =
    "note: this system does not let processes copy from one another's memory (process_vm_readv, as in a container "
    + "without ptrace): large messages between ranks of a host are copied twice; "
    + "\(copyParameters[0])=none is set"

  /// Keeps `MPI_Abort` from making mpirun print a paragraph, which would bury the one line that matters.
  static func silenceAbort() { lcft_openmpi_silence_abort() }
}
