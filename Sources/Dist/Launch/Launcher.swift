import Support

/// How this process was started: among others that MPI can reach, or by itself.
///
/// Read from the environment, because asking MPI means initialising it, which for a process by itself
/// is slow and fails where Open MPI's daemon is not installed.
package enum Launcher: Equatable {
  case mpi, solo

  /// Set by mpirun, by srun --mpi=pmix and by srun --mpi=pmi2, in this order.
  static let marks = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"]
  /// How many processes were started, by the same and by srun without any.
  private static let sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]
  private static let ranks = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]

  /// Throws `DistError.unconnectedTasks` where Slurm started several tasks without a PMI.
  package static func detect(_ variable: (String) -> String?) throws -> Launcher {
    if marks.contains(where: { variable($0) != nil }) { return .mpi }
    // A batch script has SLURM_PROCID as well; only a step of several tasks has more than one here.
    if variable("SLURM_PROCID") != nil, let tasks = variable("SLURM_STEP_NUM_TASKS"), tasks != "1" {
      throw DistError.unconnectedTasks(count: tasks)
    }
    return .solo
  }

  static func detect() throws -> Launcher { try detect(environment) }

  /// Throws `DistError.otherMPI` where MPI has found fewer or more ranks than the launcher started.
  package static func check(size: Int, _ variable: (String) -> String?) throws {
    guard let expected = sizes.lazy.compactMap(variable).first, Int(expected) != size else { return }
    throw DistError.otherMPI(expected: expected, found: size)
  }

  /// This process's number among those started together, before MPI is there; 0 for one by itself.
  package static func rank(_ variable: (String) -> String?) -> Int {
    if let rank = ranks.lazy.compactMap(variable).first.flatMap({ Int($0) }) { return rank }
    // A batch script, whose processes mpirun may have started, has the second as well, but not the first.
    guard variable("SLURM_STEP_NUM_TASKS") != nil else { return 0 }
    return variable("SLURM_PROCID").flatMap { Int($0) } ?? 0
  }

  package static var rank: Int { rank(environment) }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
