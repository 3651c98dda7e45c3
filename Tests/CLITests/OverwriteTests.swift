import Foundation
import TestSupport
import Testing

/// A run with `--overwrite` that ends early, and `--dry-run`.
@Suite(.serialized) struct OverwriteTests {
  /// The files of a folder and below, with their bytes, but for those that every run writes to.
  static func contents(_ path: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path)
    where ![".lcft.lock", "progress.jsonl"].contains(name) {
      if let data = FileManager.default.contents(atPath: "\(path)/\(name)") { found[name] = data }
    }
    return found
  }

  /// Killed in the middle of the training and of the fine-tuning, the earlier run is as it was; then `--resume` ends
  /// with the bits of an undisturbed run, and nothing is left of the earlier one.
  @Test func aKilledRunLosesNothing() throws {
    let folder = try ResumeTests.prepared()
    let path = folder.file("out")
    let first = try Command.lcft(WholePathTests.arguments("run", folder, "out"))
    try #require(first.status == 0, "\(first.errors)")
    let report = try Command.run("/usr/bin/env", ["LCFT_PYTHON=", Command.lcft, "report", path])
    try #require(report.status == 0, "\(report.errors)")
    let before = try OverwriteTests.contents(path)

    try folder.write(ResumeTests.job + "\nseed: 5", to: "other.yaml")
    let run = WholePathTests.arguments("run", folder, "out", job: "other.yaml")
    let place = "\(path)/replacement-checkpoints+results"
    for (wait, start) in [("checkpoint-latest.h5", "--overwrite"), ("results.journal", "--resume")] {
      let killed = try Command.lcft(
        run + [start], ranks: 2, when: ResumeTests.bytes("\(place)/\(wait)") > 1500
      ) { process in
        for child in Command.children(of: process) { kill(child, SIGKILL) }
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(killed.status != 0)
      let after = try OverwriteTests.contents(path)
      for (name, data) in before { #expect(after[name] == data, "\(name)") }
    }
    let resumed = try Command.lcft(run + ["--resume"], ranks: 3)
    try #require(resumed.status == 0, "\(resumed.errors)")
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole", job: "other.yaml"))
    try #require(whole.status == 0, "\(whole.errors)")
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let expected = try FileManager.default.contentsOfDirectory(atPath: folder.file("whole")).sorted()
    #expect(names == expected, "\(names)")
  }

  /// Every long command tells what it would do, and touches nothing.
  @Test func dryRunsTouchNothing() throws {
    let folder = try WholePathTests.prepared()
    func dry(_ arguments: [String], ranks: Int? = nil, _ parts: String...) throws {
      let before = try OverwriteTests.contents(folder.path)
      let outcome = try Command.lcft(arguments + ["--dry-run"], ranks: ranks)
      #expect(outcome.status == 0, "\(outcome.errors)")
      for part in parts + ["nothing is touched", "  memory   about", "  disk     ", folder.file("data.h5")] {
        #expect(outcome.output.contains(part), "\(part): \(outcome.output)")
      }
      #expect(try OverwriteTests.contents(folder.path) == before)
    }
    let run = WholePathTests.arguments("run", folder, "out")
    try dry(
      run + ["--save-models", "sample:7"], ranks: 2, "2 epochs in batches of 64", "on 2 ranks",
      "score 120 users under cloud, local, soft1, soft2", "keep the models of 7 users",
      "checkpoint-epoch-2.h5, results.h5, summary.json, models.h5", "replace  nothing")
    try dry(WholePathTests.arguments("train", folder, "out"), "train DIN on")
    try dry(WholePathTests.arguments("search", folder, "out"), "without the held-out samples", "search.yaml")
    // The disk that a search, a test and groups take counts: tables of 100,000 numbers.
    try folder.write(
      WholePathTests.job.replacing("item_embedding: 5", with: "item_embedding: 4000"), to: "wide.yaml")
    for command in ["search", "search-labels"] {
      let wide = WholePathTests.arguments(command, folder, "out", job: "wide.yaml") + ["--dry-run"]
      let outcome = try Command.lcft(wide)
      let disk = outcome.output.split(separator: "\n").first { $0.hasPrefix("  disk ") }
      #expect(
        disk?.contains(try Regex("about [2-9]\\.[0-9] MB")) == true, "\(outcome.output)\(outcome.errors)")
    }
    try dry(WholePathTests.arguments("search-labels", folder, "out"), "labels.yaml")
    try RefusalTests.refused(
      WholePathTests.arguments("finetune", folder, "out") + ["--dry-run"], "has no checkpoint")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out")))

    let made = try Command.lcft(run + ["--save-models", "all"])
    try #require(made.status == 0, "\(made.errors)")
    try dry(run + ["--overwrite"], "replace  ", folder.file("out/results.h5"), "replacement-")
    try dry(
      run + ["--resume"], "no training: the cloud model is finished", "no fine-tuning: 120 users are finished"
    )
    try dry(
      WholePathTests.arguments("finetune", folder, "out") + ["--overwrite"],
      folder.file("out/checkpoint-epoch-2.h5"))
    try dry(
      [
        "apply", "--models", folder.file("out/models.h5"), "--checkpoint",
        folder.file("out/checkpoint-epoch-2.h5"), "--data", folder.file("data.h5"), "--output",
        folder.file("applied"),
      ], "score, without fine-tuning, 120 users")
  }
}
