import Dist
import Support
import Testing

@Suite struct WorldTests {
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
}
