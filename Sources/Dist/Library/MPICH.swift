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

  static func prepare() -> String? { nil }

  /// The line is this process's own, and nothing is left to say: standard error leads nowhere from now on. Hydra drops
  /// what it has not read from a rank when that aborts, so that it gets some time to read.
  static func silenceAbort() {
    usleep(300_000)
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    if nowhere >= 0 { dup2(nowhere, STDERR_FILENO) }
  }
}
