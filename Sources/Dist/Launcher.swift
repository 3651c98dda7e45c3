#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How this process was started: among others that MPI can reach, or by itself.
///
/// Read from the environment, because asking MPI means initialising it, which for a process by itself
/// is slow and fails where Open MPI's daemon is not installed.
package enum Launcher: Equatable {
  case mpi, solo

  /// Set by mpirun, by srun --mpi=pmix and by srun --mpi=pmi2, in this order.
  static let marks = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"]

  /// Throws `DistError.unconnectedTasks` where Slurm started several tasks without a PMI.
  package static func detect(_ variable: (String) -> String?) throws -> Launcher {
    if marks.contains(where: { variable($0) != nil }) { return .mpi }
    // A batch script has SLURM_PROCID as well; only a step of several tasks has more than one here.
    if variable("SLURM_PROCID") != nil, let tasks = variable("SLURM_STEP_NUM_TASKS"), tasks != "1" {
      throw DistError.unconnectedTasks(count: tasks)
    }
    return .solo
  }

  static func detect() throws -> Launcher {
    try detect { getenv($0).map { String(cString: $0) } }
  }
}
