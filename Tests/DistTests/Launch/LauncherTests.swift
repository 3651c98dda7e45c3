import Dist
import Testing

@Suite struct LauncherTests {
  private func detect(_ environment: [String: String]) throws -> Launcher {
    try Launcher.detect { environment[$0] }
  }

  @Test func theLauncherShowsInTheEnvironment() throws {
    #expect(try detect([:]) == .solo)
    #expect(try detect(["OMPI_COMM_WORLD_SIZE": "1"]) == .mpi)
    #expect(try detect(["PMIX_RANK": "3", "SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4"]) == .mpi)
    // MPICH's mpirun, whichever MPI this was built for.
    #expect(try detect(["PMI_RANK": "0"]) == .mpi)
    #expect(try detect(["PMI_SIZE": "1"]) == .mpi)
    // A batch script by itself, and a step of one task.
    #expect(try detect(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) == .solo)
    #expect(try detect(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"]) == .solo)
  }

  @Test func slurmTasksWithoutMPIAreRefused() {
    #expect(throws: DistError.unconnectedTasks(count: "4")) {
      try detect(["SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "4"])
    }
  }

  @Test func ranksThatMPIDoesNotFindAreRefused() throws {
    func check(_ environment: [String: String], size: Int) throws {
      try Launcher.check(size: size) { environment[$0] }
    }
    try check(["OMPI_COMM_WORLD_SIZE": "4"], size: 4)
    try check(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "4"], size: 4)
    // mpirun inside an allocation has its daemons started by srun, a task per host.
    try check(["OMPI_COMM_WORLD_SIZE": "8", "SLURM_STEP_NUM_TASKS": "2"], size: 8)
    try check(["PMIX_RANK": "0"], size: 1)
    #expect(throws: DistError.otherMPI(expected: "4", found: 1)) {
      try check(["PMI_RANK": "1", "PMI_SIZE": "4"], size: 1)
    }
    #expect(throws: DistError.otherMPI(expected: "4", found: 1)) {
      try check(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "4"], size: 1)
    }
  }

  @Test func theLauncherTellsTheRank() {
    func rank(_ environment: [String: String]) -> Int { Launcher.rank { environment[$0] } }
    #expect(rank([:]) == 0)
    #expect(rank(["OMPI_COMM_WORLD_RANK": "3", "SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"]) == 3)
    #expect(rank(["SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "4"]) == 2)
    #expect(rank(["SLURM_PROCID": "2"]) == 0)
  }
}
