import Foundation
import IO
import Support
import TestSupport
import Testing

/// Where the time of a run goes: the table, summary.json and the timeline of `--profile`.
@Suite(.serialized) struct ProfileTests {
  /// The timeline is one that Python reads, its phases nest, its sums are the summary's, its clocks agree, and
  /// the results' bits are those of a run without it.
  @Test(
    .enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython), arguments: [nil, 1, 2, 4])
  func timelineAgreesWithTheSummary(ranks: Int?) throws {
    let folder = try WholePathTests.prepared()
    let plain = try Command.lcft(WholePathTests.arguments("run", folder, "plain"), ranks: ranks)
    try #require(plain.status == 0, "\(plain.errors)")
    let profiled = try Command.lcft(
      WholePathTests.arguments("run", folder, "profiled") + ["--profile", folder.file("trace.json")],
      ranks: ranks)
    try #require(profiled.status == 0, "\(profiled.errors)")
    #expect(profiled.output == plain.output)
    #expect(
      try WholePathTests.digests(folder, "profiled") == WholePathTests.digests(folder, "plain"))
    for errors in [plain.errors, profiled.errors] {
      #expect(errors.contains(" samples/s") && errors.contains(" users/s"))
      #expect(errors.contains("computing  communicating        waiting"))
      #expect(errors.components(separatedBy: "\n  rank 0 ").count == 3)
    }
    let check = try Command.run(
      try #require(ForeignTool.python),
      [
        FixtureFile.path("check_profile.py"), folder.file("trace.json"),
        folder.file("profiled/summary.json"),
      ])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("\(ranks ?? 1) ranks"))
  }

  /// Training and fine-tuning apart write timelines of their own; a profile that cannot be written is told
  /// before any work.
  @Test func partsOfARun() throws {
    let folder = try WholePathTests.prepared()
    try RefusalTests.refused(
      WholePathTests.arguments("train", folder, "out") + ["--profile", folder.file("none/trace.json")],
      ranks: 2, "none/trace.json", "is not there")
    for (command, phase) in [("train", "\"backward\""), ("finetune", "\"user\"")] {
      let outcome = try Command.lcft(
        WholePathTests.arguments(command, folder, "out") + ["--profile", folder.file("\(command).json")],
        ranks: 2)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let text = try String(contentsOfFile: folder.file("\(command).json"), encoding: .utf8)
      #expect(text.contains(phase))
      _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }
    // A file that is there is not replaced unasked, one that the command reads or writes never.
    let run = WholePathTests.arguments("run", folder, "other") + ["--profile"]
    try RefusalTests.refused(run + [folder.file("train.json")], "train.json: is there already")
    try RefusalTests.refused(
      run + [folder.file("job.yaml"), "--overwrite"], "job.yaml", "which the command reads")
    try RefusalTests.refused(
      WholePathTests.arguments("run", folder, "out") + [
        "--overwrite", "--profile", folder.file("out/summary.json"),
      ],
      "summary.json: a run keeps a file of its own under this name")
    #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
  }

  /// A timeline in the output folder goes with the run that it is of, and stays with what it is of.
  @Test func anEarlierTimelineIsNotMixedWithANewRun() throws {
    let folder = try WholePathTests.prepared()
    func run(_ command: String, _ more: String...) throws -> Command.Outcome {
      try Command.lcft(WholePathTests.arguments(command, folder, "out") + more)
    }
    func timelines() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).filter {
        $0.hasSuffix(".json") && $0 != "summary.json"
      }.sorted()
    }
    #expect(try run("train", "--profile", folder.file("out.json")).status == 0)
    try FileManager.default.moveItem(
      atPath: folder.file("out.json"), toPath: folder.file("out/training.json"))
    try folder.write("{\"mine\": 1}", to: "out/mine.json")
    #expect(try run("finetune", "--profile", folder.file("out/tuning.json")).status == 0)
    // To go on from there is no reason to lose it, nor to do everything again.
    let resumed = try run("finetune", "--resume", "--profile", folder.file("out/tuning.json"))
    #expect(
      resumed.status != 0
        && resumed.errors.contains("from before the run was resumed; give another --profile"))
    #expect(!resumed.errors.contains("--overwrite"))
    #expect(try run("finetune", "--overwrite").status == 0)
    #expect(try timelines() == ["mine.json", "training.json"])
    #expect(try run("run", "--overwrite", "--profile", folder.file("out/new.json")).status == 0)
    #expect(try timelines() == ["mine.json", "new.json"])
    // Without the results a timeline still says that a run was here.
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
    where name.hasSuffix(".h5") {
      try FileManager.default.removeItem(atPath: folder.file("out/\(name)"))
    }
    let fresh = try run("run")
    #expect(fresh.status != 0 && fresh.errors.contains("holds new.json of an earlier run"))
  }
}
