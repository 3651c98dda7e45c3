import Support

/// How this process was started: among others that MPI can reach, or by itself.
///
/// Read from the environment. To ask MPI means to initialise it, which for a process by itself is slow, and
/// fails where the library's daemon is not installed.
package enum Launcher: Equatable {
  case mpi, solo

  /// Set in each rank by mpirun, by srun --mpi=pmix and by srun --mpi=pmi2: which rank it is.
  private static let ranks = knownLibraries.map { $0.rankVariable } + ["PMIX_RANK"]
  /// How many ranks were started, as mpirun, PMI-2 and any srun say.
  private static let sizes = knownLibraries.map { $0.sizeVariable } + [stepTasks]
  /// Slurm's number of a process, which a batch script has as well, and the number of processes in its step.
  private static let task = "SLURM_PROCID"
  private static let stepTasks = "SLURM_STEP_NUM_TASKS"

  /// Throws `DistError.unconnectedTasks` where Slurm started several tasks without a PMI.
  package static func detect(_ variable: (String) -> String?) throws -> Launcher {
    let isRank = (ranks + sizes).contains { $0 != stepTasks && variable($0) != nil }
    if isRank { return .mpi }
    // A batch script has a task's number as well, but is no step of several tasks.
    if variable(task) != nil, let tasks = variable(stepTasks), tasks != "1" {
      throw DistError.unconnectedTasks(count: tasks)
    }
    return .solo
  }

  static func detect() throws -> Launcher { try detect(environment) }

  /// Whether this process was started as one of several ranks, or of a launcher's one. Throws as `detect` does.
  package static func startsRanks() throws -> Bool { try detect() == .mpi }

  /// Throws `DistError.otherMPI` where MPI has found fewer or more ranks than the launcher started.
  package static func check(size: Int, _ variable: (String) -> String?) throws {
    guard let expected = sizes.lazy.compactMap(variable).first, Int(expected) != size else { return }
    throw DistError.otherMPI(expected: expected, found: size)
  }

  /// The rank of this process as its launcher set it, known before MPI is initialised; 0 for a process by
  /// itself.
  package static func rank(_ variable: (String) -> String?) -> Int {
    if let rank = ranks.lazy.compactMap(variable).first.flatMap({ Int($0) }) { return rank }
    // A batch script, and what mpirun starts from it, has a task's number too, but is in no step.
    guard variable(stepTasks) != nil else { return 0 }
    return variable(task).flatMap { Int($0) } ?? 0
  }

  package static var rank: Int { rank(environment) }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
