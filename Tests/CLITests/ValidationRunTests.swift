import Foundation
import IO
import TestSupport
import Testing

/// A validated training on ranks.
@Suite(.serialized) struct ValidationRunTests {
  private static let job =
    ResumeTests.job
    .replacingOccurrences(of: "learning_rate: 0.02", with: "learning_rate: 0.5")
    .replacingOccurrences(of: "epochs: 40", with: "epochs: 1")
    + "\nvalidation: {last: 0.2, every_steps: 30, patience: 4}\n"

  /// Scores, decisions, the best model and what is made from it have the same bits on any number of ranks, and after
  /// kills.
  @Test func ranksAndKillsChangeNothing() throws {
    let folder = try ResumeTests.prepared()
    try folder.write(ValidationRunTests.job, to: "job.yaml")
    let one = try Command.lcft(WholePathTests.arguments("run", folder, "one"))
    try #require(one.status == 0, "\(one.errors)")
    #expect(one.errors.contains("are held out, the last 0.2 of each user's; the cloud model is trained on"))
    #expect(one.errors.contains("best cloud model: user AUC 0."))
    let expected = try WholePathTests.digests(folder, "one")
    func evaluations(_ output: String) throws -> NSArray {
      let training = try #require(
        try WholePathTests.summary(folder, output)["cloud_training"] as? [String: Any])
      return try #require(training["validation"] as? NSArray)
    }
    #expect(try evaluations("one").count > 4)
    for ranks in [2, 3] {
      let output = "ranks\(ranks)"
      let run = WholePathTests.arguments("run", folder, output)
      let killed = try Command.lcft(
        run, ranks: ranks, when: ResumeTests.bytes(folder.file(output + "/checkpoint-latest.h5")) > 1500
      ) { kill(Command.children(of: $0).last ?? $0.processIdentifier, SIGKILL) }
      #expect(killed.status != 0)
      let resumed = try Command.lcft(run + ["--resume"], ranks: ranks == 2 ? 3 : 2)
      try #require(resumed.status == 0, "\(resumed.errors)")
      #expect(try WholePathTests.digests(folder, output) == expected)
      #expect(try evaluations(output) == evaluations("one"))
      #expect(resumed.output == one.output)
    }
    let preview = try Command.lcft(
      WholePathTests.arguments("train", folder, "new") + ["--dry-run"])
    #expect(preview.output.contains("held out to judge it by, at most 4 epochs"), "\(preview.output)")
    #expect(preview.output.contains("checkpoint-best.h5"))
    let described = try Command.lcft(["describe", folder.file("one/checkpoint-best.h5")])
    #expect(described.output.contains("on held-out samples after epoch"))
    let report = try Command.lcft(["report", folder.file("one"), "--output", folder.file("report")])
    #expect(report.output.contains("The cloud model on held-out training samples"), "\(report.errors)")
    let table = String(decoding: try folder.bytes("report/validation.csv"), as: UTF8.self)
    #expect(try table.split(separator: "\n").count == 1 + evaluations("one").count)
    #expect(table.split(separator: "\n").count { $0.hasSuffix(",1") } == 1)
  }
}
