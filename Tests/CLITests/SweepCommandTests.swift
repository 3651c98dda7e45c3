import Foundation
import TestSupport
import Testing

/// `lcft sweep` as a user calls it, with processes of its own for every run.
@Suite(.serialized) struct SweepCommandTests {
  /// A folder with a data set, two jobs and a sweep of four runs.
  private func prepared(_ more: String = "") throws -> (folder: FileTestFolder, command: [String]) {
    let folder = try WholePathTests.prepared()
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "name: DIN", with: "name: PNN")
        .replacingOccurrences(of: "user_embedding: 4", with: "user_embedding: 8")
        .replacingOccurrences(of: "  attention: [8, 4]\n", with: ""), to: "pnn.yaml")
    try folder.write(
      """
      jobs: {din: job.yaml, pnn: pnn.yaml}
      data: {small: \(folder.file("data.h5"))}
      seeds: [1, 2]
      set: {training.epochs: 1}
      \(more)
      """, to: "sweep.yaml")
    return (folder, ["sweep", folder.file("sweep.yaml"), "--output", folder.file("runs")])
  }

  private let names = ["din-small-seed1", "din-small-seed2", "pnn-small-seed1", "pnn-small-seed2"]

  private func states(_ command: [String]) throws -> [String] {
    let outcome = try Command.lcft(command + ["--list"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).dropFirst(2).joined(separator: " ")
    }
  }

  @Test func everyRunIsTheRunOfItsJobAndIsDoneOnce() throws {
    let (folder, command) = try prepared()
    #expect(try states(command) == ["missing", "missing", "missing", "missing"])
    let dry = try Command.lcft(command + ["--dry-run"])
    #expect(
      dry.output.split(separator: "\n").count == 4 && dry.output.contains("lcft run --job"), "\(dry.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("runs")))

    let some = try Command.lcft(command + ["--only", "2", "--only", "pnn-*"])
    #expect(some.status == 0, "\(some.errors)")
    #expect(some.output == "3 runs: 3 done, 0 done before, 0 failed\n")
    #expect(some.errors.contains("2/4 din-small-seed2: done in "), "\(some.errors)")
    #expect(some.errors.contains("; user AUC: cloud 0."), "\(some.errors)")
    #expect(try states(command) == ["missing", "done", "done", "done"])
    let all = try Command.lcft(command)
    #expect(all.status == 0 && all.output == "4 runs: 1 done, 3 done before, 0 failed\n", "\(all.errors)")
    #expect(try Command.lcft(command + ["--dry-run"]).output.isEmpty)

    // The job that is beside it, given by hand, makes the same.
    for name in names {
      let hand = try Command.lcft([
        "run", "--job", folder.file("runs/\(name)/job.yaml"), "--data", folder.file("data.h5"), "--output",
        folder.file("by-hand/\(name)"),
      ])
      try #require(hand.status == 0, "\(hand.errors)")
      #expect(
        try WholePathTests.digests(folder, "by-hand/\(name)")
          == WholePathTests.digests(folder, "runs/\(name)"))
    }
    let report = try Command.lcft(["report", folder.file("runs")])
    #expect(report.status == 0, "\(report.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.file("runs/report/report.html")))
    #expect(report.output.contains("seeds"), "\(report.output)")
  }

  /// With other settings what is done is not done anew unasked, and with more epochs it goes on.
  @Test func whatIsDoneWithOtherSettingsIsNotMistaken() throws {
    let (folder, command) = try prepared()
    let one = command + ["--only", "1"]
    let first = try Command.lcft(one)
    try #require(first.status == 0, "\(first.errors)")
    try RefusalTests.refused(
      one + ["--set", "training.learning_rate=0.25"],
      "din-small-seed1: \(folder.file("runs/din-small-seed1/checkpoint-epoch-1.h5"))",
      "training.learning_rate")
    try RefusalTests.refused(
      one + ["--set", "finetuning.learning_rate=0.25"], "din-small-seed1", "finetuning.learning_rate")
    let more = one + ["--set", "training.epochs=2"]
    #expect(try states(more) == ["half done fine-tuning"])
    let longer = try Command.lcft(more)
    #expect(longer.status == 0 && longer.errors.contains("goes on"), "\(longer.errors)")
    #expect(try states(more) == ["done"])
    #expect(try states(one + ["--set", "training.checkpoint_minutes=3"]) != ["done"])
  }

  /// A run that fails does not hold up the others where they go on, and says why also later.
  @Test func aFailedRunIsToldWithItsLine() throws {
    let (folder, _) = try prepared()
    try folder.write(
      """
      jobs: {din: job.yaml}
      data: {small: \(folder.file("data.h5"))}
      output: \(folder.file("runs"))
      set: {training.learning_rate: [1000, 0.5], training.epochs: 1, training.optimizer: sgd}
      """, to: "sweep.yaml")
    let command = ["sweep", folder.file("sweep.yaml")]
    let stopped = try Command.lcft(command)
    #expect(stopped.status == 1, "\(stopped.output)\(stopped.errors)")
    #expect(
      stopped.output.contains("2 runs: 0 done, 0 done before, 1 failed, 1 not finished\n"),
      "\(stopped.output)")
    let all = try Command.lcft(command + ["--keep-going"])
    #expect(all.status == 1 && all.output.contains("1 done, 0 done before, 1 failed\n"), "\(all.output)")
    #expect(all.output.contains("failed: din-small-learning_rate=1000-seed1: "), "\(all.output)")
    let states = try states(command)
    #expect(states.last == "done" && states.first?.contains("is not finite") == true, "\(states)")
  }

  /// SIGTERM goes to the run, which stops in good order on all ranks; the sweep goes on to the same bits.
  @Test func aSignalStopsTheRunAndTheSweepGoesOn() throws {
    let folder = try ResumeTests.prepared()
    try folder.write(
      """
      jobs: {long: job.yaml}
      data: {small: \(folder.file("data.h5"))}
      seeds: [1, 2]
      """, to: "sweep.yaml")
    // The launcher of the scripts, as a program.
    let mpirun = try folder.write(
      "#!/bin/bash\n\(Command.environment)\nlcft_launcher 2\nexec \"${launcher[@]}\" \"$@\"\n", to: "on-two")
    chmod(mpirun, 0o755)
    let command = ["sweep", folder.file("sweep.yaml"), "--output", folder.file("runs"), "--launcher", mpirun]
    for (signal, wait) in [(SIGTERM, "checkpoint-latest.h5"), (SIGINT, "results.journal")] {
      let outcome = try Command.lcft(
        command, when: ResumeTests.bytes(folder.file("runs/long-small-seed1/\(wait)")) > 1500
      ) { kill($0.processIdentifier, signal) }
      #expect(outcome.status == 75, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.contains("stopped by a signal; the same command goes on"), "\(outcome.output)")
      #expect(try states(command).first?.hasPrefix("half done") == true)
      let log = try String(contentsOfFile: folder.file("runs/long-small-seed1/run.log"), encoding: .utf8)
      #expect(log.contains("lcft: rank 0: stopped by a signal") && log.hasSuffix("== ended\n"), "\(log)")
    }
    let rest = try Command.lcft(command)
    #expect(rest.status == 0 && rest.output == "2 runs: 2 done, 0 done before, 0 failed\n", "\(rest.errors)")
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    #expect(
      try WholePathTests.digests(folder, "runs/long-small-seed1") == WholePathTests.digests(folder, "whole"))
  }

  @Test func aSweepIsNotStartedOnRanks() throws {
    let (folder, command) = try prepared()
    let outcome = try Command.lcft(command, ranks: 2)
    #expect(
      outcome.status != 0 && outcome.errors.contains("give it without mpirun or srun"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("runs")))
  }
}
