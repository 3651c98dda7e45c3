import LCFT
import Testing

@Suite struct SpreadingTests {
  /// A run that searches by itself needs all users; a command that is given what was found, or trains alone, does not.
  @Test func searchesNeedAllUsers() throws {
    let job = try Job.parse("finetuning: {settings: searched, methods: [cloud, local]}", file: "job.yaml")
    #expect(job.obstacleToSpreading() == "a search of settings")
    #expect(job.obstacleToSpreading(methods: []) == nil)
    var found = job
    try found.takeSettings("per_method: {local: {learning_rate: 0.1}}", file: "search.yaml")
    #expect(found.obstacleToSpreading() == nil)
    #expect(try Job.parse("finetuning: {methods: [cloud, hard]}", file: "j").obstacleToSpreading() != nil)
  }
}
