import Foundation
import IO
import TestSupport
import Testing

/// One fine-tuned model per group of users, as a user runs it.
@Suite(.serialized) struct GroupedTests {
  private static let groups = ["low", "middle", "high"]

  private static func prepared() throws -> FileTestFolder {
    let folder = try WholePathTests.prepared()
    try folder.write(
      WholePathTests.job
        + "\n  methods: [cloud, grouped, soft1]\ngrouping: {learning_rate: 0.1, epochs: 2}\n",
      to: "job.yaml")
    return folder
  }

  private static func groupDigests(_ folder: FileTestFolder, _ output: String) throws -> [String] {
    try groups.map { name in
      try #require(try FileHeader.read(folder.file("\(output)/group-\(name).h5")).contentDigest)
    }
  }

  @Test func sameBitsOnAnyNumberOfRanks() throws {
    let folder = try GroupedTests.prepared()
    let alone = try Command.lcft(WholePathTests.arguments("run", folder, "alone"))
    try #require(alone.status == 0, "\(alone.errors)")
    let expected = try GroupedTests.groupDigests(folder, "alone")
    #expect(Set(expected).count == 3)
    for ranks in [2, 3] {
      let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try GroupedTests.groupDigests(folder, "on\(ranks)") == expected)
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == WholePathTests.digests(folder, "alone"))
      #expect(outcome.output == alone.output)
    }
    let described = try Command.lcft(["describe", folder.file("alone/group-middle.h5")])
    #expect(described.output.contains("for the group middle: "))
    #expect(described.output.contains("labels soft1, from the cloud model with content"))
    // As the cloud model's does, it names the catalogue that says whose its rows are.
    let catalogue = try #require(
      described.output.firstMatch(of: /names of rows in catalogue.h5, content [0-9a-f]{64}/))
    let cloud = try Command.lcft(["describe", folder.file("alone/checkpoint-epoch-1.h5")])
    #expect(cloud.output.contains(catalogue.0))
    if let python = ForeignTool.python {
      let check = try Command.run(
        python,
        [FixtureFile.path("check_results.py"), folder.file("alone"), folder.file("data.h5")])
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      #expect(check.output.contains("3 methods"))
    }
  }

  /// What a group's training has come to is kept after every epoch, however little time that took.
  @Test func aKilledGroupGoesOnAfterItsLastEpoch() throws {
    let folder = try GroupedTests.prepared()
    let job = try String(contentsOfFile: folder.file("job.yaml"), encoding: .utf8)
    try folder.write(
      job.replacingOccurrences(of: "learning_rate: 0.1, epochs: 2", with: "learning_rate: 0.001, epochs: 60"),
      to: "job.yaml")
    let run = WholePathTests.arguments("run", folder, "out")
    let latest = folder.file("out/group-low-latest.h5")
    let killed = try Command.lcft(run, when: ResumeTests.exists(latest)) {
      kill($0.processIdentifier, SIGKILL)
    }
    #expect(killed.status == 128 + SIGKILL)
    let kept = try CheckpointFile.readProgress(latest)
    #expect(kept.epoch > 0 && kept.shardLosses.isEmpty)
    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("resuming after epoch \(kept.epoch) of \(latest)"), "\(resumed.errors)")
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    #expect(try GroupedTests.groupDigests(folder, "out") == GroupedTests.groupDigests(folder, "whole"))
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
  }

  /// A finished group is used and not trained again, and only by the run that it belongs to.
  @Test func resumeUsesFinishedGroups() throws {
    let folder = try GroupedTests.prepared()
    let run = WholePathTests.arguments("run", folder, "out")
    let whole = try Command.lcft(run)
    try #require(whole.status == 0, "\(whole.errors)")
    let digests = try WholePathTests.digests(folder, "out")
    let groups = try GroupedTests.groupDigests(folder, "out")
    for name in ["results.h5", "group-high.h5"] {
      try FileManager.default.removeItem(atPath: folder.file("out/\(name)"))
    }
    try RefusalTests.refused(run, "out: holds ", "--resume")
    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("group low: \(folder.file("out/group-low.h5"))"))
    #expect(!resumed.errors.contains("group high: \(folder.file("out/group-high.h5"))"))
    #expect(try WholePathTests.digests(folder, "out") == digests)
    #expect(try GroupedTests.groupDigests(folder, "out") == groups)
    #expect(resumed.output == whole.output)

    let job = try String(contentsOfFile: folder.file("job.yaml"), encoding: .utf8)
    try folder.write(
      job.replacingOccurrences(of: "learning_rate: 0.1", with: "learning_rate: 0.2"), to: "other.yaml")
    for ranks in [nil, 2] {
      try RefusalTests.refused(
        WholePathTests.arguments("run", folder, "out", job: "other.yaml") + ["--resume"], ranks: ranks,
        "group-low.h5: was made with grouping.learning_rate 0.1, the job now has 0.2")
    }
    try folder.write(
      job.replacingOccurrences(of: "learning_rate: 0.1", with: "learning_rate: 900"), to: "wild.yaml")
    let wild = try Command.lcft(
      WholePathTests.arguments("finetune", folder, "out", job: "wild.yaml") + ["--overwrite"], ranks: 2)
    #expect(wild.status != 0 && wild.errorLines.count == 1, "\(wild.errors)")
    #expect(wild.errors.contains("group low is not finite in epoch"))
    #expect(wild.errors.contains("grouping.learning_rate"))
  }
}
