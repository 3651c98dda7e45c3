import Dist
import Support
import Testing

@Suite struct WorldTests {
  private func detect(_ environment: [String: String]) throws -> Launcher {
    try Launcher.detect { environment[$0] }
  }

  @Test func theLauncherShowsInTheEnvironment() throws {
    #expect(try detect([:]) == .solo)
    #expect(try detect(["OMPI_COMM_WORLD_SIZE": "1"]) == .mpi)
    #expect(try detect(["PMIX_RANK": "3", "SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4"]) == .mpi)
    #expect(try detect(["PMI_RANK": "0"]) == .mpi)
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

  @Test func oneRankRunsWithoutMPI() throws {
    #expect(try withWorld { $0 is SoloCommunicator ? $0.size : -1 } == 1)
  }

  struct Failure: ExitStatusProviding, CustomStringConvertible {
    var description: String { "users.h5: /users/id:\n  ends early\n" }
    var exitStatus: Int32 { 42 }
  }

  @Test func anErrorEndsTheProcessWithOneLineAndItsStatus() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(42), observing: [\.standardErrorContent]
    ) {
      try withWorld { _ in throw Failure() }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text == "lcft: users.h5: /users/id:;   ends early\n")
  }

  @Test func otherErrorsEndWithOne() async {
    await #expect(processExitsWith: .exitCode(1)) {
      try withWorld { _ in throw DistError.moreRanksThanShards(ranks: 9, shards: 8) }
    }
  }

  @Test func descriptionsAreOneLine() {
    let errors: [DistError] = [
      .mpi(function: "MPI_Recv", message: "MPI_ERR_TRUNCATE: message truncated", rank: 2),
      .unconnectedTasks(count: "4"), .otherMPI(expected: "4", found: 1), .secondWorld,
      .differentBuilds(leaderHost: "node1"), .badTimeout("soon"),
      .moreRanksThanShards(ranks: 9, shards: 8), .noSuchRank(rank: 4, size: 4),
      .messageLength(expected: 8, received: 4, source: 1, tag: 2),
      .resultTooShort(needed: 8, left: 4),
      .collective(rank: 1, message: "no such file", failures: 3, exitStatus: 1),
    ]
    for error in errors { #expect(!error.description.contains("\n") && error.description.count > 10) }
    #expect(errors[0].description.contains("MPI_Recv failed on rank 2: MPI_ERR_TRUNCATE"))
    #expect(errors[10].description == "no such file (and on 2 more of the ranks)")
  }
}
