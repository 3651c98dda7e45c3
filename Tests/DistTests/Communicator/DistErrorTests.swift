import Dist
import Testing

@Suite struct DistErrorTests {
  @Test func descriptionsAreOneLine() {
    let errors: [DistError] = [
      .mpi(function: "MPI_Recv", message: "MPI_ERR_TRUNCATE: message truncated", rank: 2),
      .unconnectedTasks(count: "4"), .otherMPI(expected: "4", found: 1), .secondWorld,
      .differentBuilds(leaderHost: "node1"), .badTimeout(text: "soon"),
      .moreRanksThanShards(ranks: 9, shards: 8), .noSuchRank(rank: 4, size: 4),
      .messageLength(expected: 8, received: 4, source: 1, tag: 2),
      .resultTooShort(needed: 8, left: 4),
      .sharedMemoryUnavailable(bytes: 1 << 30, reason: "the host has 12 MB left"),
      .sharedMemoryUnreachable(process: 4711, reason: "No such file or directory"),
      .collective(rank: 1, message: "no such file", failures: 3, exitStatus: 1),
    ]
    for error in errors { #expect(!error.description.contains("\n") && error.description.count > 10) }
    #expect(errors[0].description.contains("MPI_Recv failed on rank 2: MPI_ERR_TRUNCATE"))
    #expect(errors[errors.count - 1].description == "no such file (and on 2 more of the ranks)")
  }
}
