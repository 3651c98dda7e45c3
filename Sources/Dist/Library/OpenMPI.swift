internal import CMPI
import Support

/// Open MPI, versions 4 and 5.
enum OpenMPI: MPILibrary {
  static let name = "Open MPI"
  static let sizeVariable = "OMPI_COMM_WORLD_SIZE"
  static let rankVariable = "OMPI_COMM_WORLD_RANK"
  static let bindingCommand = "mpirun --bind-to core"

  /// mpirun on the first host, its daemon on the others, up to Open MPI 4 and from 5 on.
  static let launchers = ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"]

  /// Parameters that choose how ranks of a host copy large messages: of Open MPI 4, of 5, and of 5 for all mechanisms.
  private static let copyParameters = [
    "OMPI_MCA_btl_vader_single_copy_mechanism", "OMPI_MCA_btl_sm_single_copy_mechanism", "OMPI_MCA_smsc",
  ]

  /// Where ranks may not copy from one another's memory, as in many containers, chooses the copy by way of shared
  /// memory, unless the user has chosen. Open MPI would try in vain for every message, and print a line each time.
  static func prepare() -> String? {
    guard lcft_can_copy() == 0, !copyParameters.contains(where: { getenv($0) != nil }) else { return nil }
    for name in copyParameters.prefix(2) { setenv(name, "none", 1) }
    setenv(copyParameters[2], "^cma", 1)
    return
      "note: this system does not let processes copy from one another's memory (process_vm_readv, as in a container "
      + "without ptrace): large messages between ranks of a host are copied twice; "
      + "\(copyParameters[0])=none is set"
  }

  /// The paragraph is mpirun's, which Open MPI asks for.
  static func silenceAbort() { lcft_openmpi_silence_abort() }
}
