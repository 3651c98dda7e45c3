import Support

/// MPICH from version 3.3 on, and what has its binary interface (MVAPICH, Intel MPI, Cray MPICH).
enum MPICH: MPILibrary {
  static let name = "MPICH"
  static let sizeVariable = "PMI_SIZE"
  static let rankVariable = "PMI_RANK"
  static let bindingCommand = "mpirun -bind-to core"

  /// mpirun of the Hydra process manager on the first host, its proxy on all hosts. /proc cuts names at 15 bytes.
  static let launchers = [
    "mpirun", "mpiexec", "mpiexec.hydra", "mpirun.mpich", "mpiexec.mpich", "hydra_pmi_proxy",
  ]
  .map { String($0.prefix(15)) }

  /// Read by `MPI_Init`, for the line that `MPI_Abort` would print.
  private static let suppression = "MPIR_CVAR_SUPPRESS_ABORT_MESSAGE"

  static func prepare() -> String? {
    setenv(suppression, "1", 0)
    return nil
  }

  /// Done before `MPI_Init`.
  static func silenceAbort() {}
}
