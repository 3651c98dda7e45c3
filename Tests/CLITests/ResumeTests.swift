import Foundation
import IO
import TestSupport
import Testing

/// Runs that are stopped by a signal, or find what another run left, and go on.
@Suite(.serialized) struct ResumeTests {
  /// A training of some thousand steps and a fine-tuning that takes a while.
  static let job =
    WholePathTests.job
    .replacingOccurrences(of: "epochs: 2\n  batch_size: 64", with: "epochs: 4\n  batch_size: 16")
    .replacingOccurrences(of: "learning_rate: 0.5", with: "learning_rate: 0.02\n  checkpoint_steps: 10")
    .replacingOccurrences(of: "learning_rate: 0.05", with: "learning_rate: 0.002\n  epochs: 40")

  static func prepared() throws -> FileTestFolder {
    let folder = try WholePathTests.prepared()
    try folder.write(job, to: "job.yaml")
    return folder
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func bytes(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// What a stopped run says and leaves.
  static func expectStopped(
    _ outcome: Command.Outcome, in folder: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(outcome.status == 75, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains("stopped by a signal"), sourceLocation: sourceLocation)
    #expect(outcome.errors.contains("--resume"), sourceLocation: sourceLocation)
    let hidden = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") }
    #expect(hidden.isEmpty, sourceLocation: sourceLocation)
  }

  /// A signal to mpirun, to the only process, or to one of the ranks alone: each stops all ranks with a checkpoint,
  /// and the run goes on to the same bits on other ranks.
  @Test func signalsStopAndResumeGoesOn() throws {
    let folder = try ResumeTests.prepared()
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let expected = try WholePathTests.digests(folder, "whole")
    let cases: [(ranks: Int?, signal: Int32, toOne: Bool, resumeOn: Int?)] = [
      (nil, SIGINT, false, 3), (nil, SIGTERM, false, nil), (2, SIGUSR1, false, nil), (3, SIGTERM, true, 2),
      (2, SIGUSR1, true, 4),
    ]
    for (number, one) in cases.enumerated() {
      let output = "out\(number)"
      let run = WholePathTests.arguments("run", folder, output)
      let path = folder.file(output)
      // First within the training, then within the fine-tuning.
      for (wait, extra) in [("checkpoint-latest.h5", []), ("results.journal", ["--resume"])] {
        let outcome = try Command.lcft(
          run + extra, ranks: one.ranks, when: ResumeTests.bytes("\(path)/\(wait)") > 1500
        ) { process in
          let ranks = one.toOne ? Command.children(of: process) : []
          kill(ranks.last ?? process.processIdentifier, one.signal)
        }
        try ResumeTests.expectStopped(outcome, in: path)
        #expect(ResumeTests.exists("\(path)/\(wait)"))
        if wait == "checkpoint-latest.h5" {
          let progress = try CheckpointFile.readProgress("\(path)/\(wait)")
          #expect(progress.shardLosses.count == 8 && progress.step > 0)
          let described = try Command.lcft(["describe", "\(path)/\(wait)"])
          #expect(described.output.contains("step \(progress.step)"))
        }
      }
      let resumed = try Command.lcft(run + ["--resume"], ranks: one.resumeOn)
      try #require(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("users of \(path)/results.journal"))
      #expect(try WholePathTests.digests(folder, output) == expected)
      #expect(resumed.output == whole.output)
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(Set(names) == Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("whole"))))
    }
  }

  /// On a terminal, which shows ^C where the cursor stands; under mpirun, which passes on what the ranks print.
  @Test(arguments: [nil, 2]) func anInterruptIsToldOnALineOfItsOwn(ranks: Int?) throws {
    let folder = try ResumeTests.prepared()
    // It takes a while until mpirun has passed the signal on.
    try folder.write(
      ResumeTests.job.replacingOccurrences(of: "epochs: 4\n  batch_size", with: "epochs: 400\n  batch_size"),
      to: "long.yaml")
    let run = WholePathTests.arguments("train", folder, "out", job: "long.yaml").map { "'\($0)'" }
      .joined(separator: " ")
    let launched = ranks.map { "lcft_mpirun \($0) " } ?? ""
    try folder.write("\(Command.environment)\n\(launched)\(Command.lcft) \(run)\n", to: "run.sh")
    let outcome = try Command.run(
      "/bin/bash",
      [
        "-c",
        """
        (until [ -s '\(folder.file("out/checkpoint-latest.h5"))' ]; do sleep 0.05; done; printf '\\003'; sleep 8) |
          script -qec "bash '\(folder.file("run.sh"))'" /dev/null & wait $!
        """,
      ])
    let lines = outcome.output.split(whereSeparator: \.isNewline)
    let told = try #require(lines.first { $0.contains("stopped by a signal") }, "\(outcome.output)")
    #expect(told.hasPrefix("lcft: "), "\(told)")
    #expect(outcome.output.contains("^C"))
  }

  /// Once it waits for the work at hand, twice it ends at once.
  @Test func theSecondInterruptEndsAtOnce() throws {
    let folder = try ResumeTests.prepared()
    // One step takes seconds.
    try folder.write(
      ResumeTests.job.replacingOccurrences(of: "hidden: [12, 6]", with: "hidden: [2000, 2000]")
        .replacingOccurrences(of: "batch_size: 16", with: "batch_size: 100000"), to: "slow.yaml")
    let arguments = WholePathTests.arguments("train", folder, "out", job: "slow.yaml")
    let outcome = try Command.lcft(
      arguments, when: ResumeTests.exists(folder.file("out/.lcft.lock"))
    ) { process in
      usleep(300_000)
      kill(process.processIdentifier, SIGINT)
      usleep(200_000)
      #expect(process.isRunning)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(outcome.status == 128 + SIGINT && !outcome.timedOut)
  }

  /// Kept models are there after a stop, too.
  @Test func modelsAreKeptAcrossAStop() throws {
    let folder = try ResumeTests.prepared()
    try PersonalModelTests.run(folder, "whole", save: "all", ranks: 1)
    let run = WholePathTests.arguments("run", folder, "out") + ["--save-models", "all"]
    let path = folder.file("out")
    let outcome = try Command.lcft(
      run, ranks: 3, when: ResumeTests.bytes("\(path)/results.journal") > 1500
    ) { kill($0.processIdentifier, SIGUSR1) }
    try ResumeTests.expectStopped(outcome, in: path)
    // Another choice of methods is another run.
    try RefusalTests.refused(
      run + ["--resume", "--methods", "cloud,local"], ranks: 2,
      "journal: was made with finetuning.methods [cloud, local, soft1, soft2], and this command has [cloud, local]; give "
        + "--methods cloud,local,soft1,soft2, or another --output"
    )
    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
    let (ours, theirs) = (
      try PersonalModelsFile.Reader("\(path)/models.h5"),
      try PersonalModelsFile.Reader(folder.file("whole/models.h5"))
    )
    #expect(ours.rows.count == 120 && Set(ours.rows) == Set(theirs.rows))
    for row in ours.rows { #expect(try ours.user(row: row) == theirs.user(row: row)) }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(!names.contains { $0.hasSuffix(".journal") || $0.hasPrefix(".") || $0 == "models-rank-2.h5" })
    // Nothing is done again, and the models stay.
    let again = try Command.lcft(run + ["--resume"], ranks: 2)
    #expect(again.status == 0 && again.errors.contains("resuming after 120 users"), "\(again.errors)")
    #expect(try PersonalModelsFile.Reader("\(path)/models.h5").rows.count == 120)
  }

  /// A run keeps others out of its folder while it lives, and no longer.
  @Test func oneRunPerFolder() throws {
    let folder = try ResumeTests.prepared()
    try folder.write(
      ResumeTests.job.replacingOccurrences(of: "epochs: 4\n  batch_size", with: "epochs: 30\n  batch_size"),
      to: "job.yaml")
    let run = WholePathTests.arguments("train", folder, "out")
    let lock = folder.file("out/.lcft.lock")
    let outcome = try Command.lcft(run, when: ResumeTests.exists(folder.file("out/checkpoint-latest.h5"))) {
      // It holds the folder while it stands still, however fast it is otherwise.
      kill($0.processIdentifier, SIGSTOP)
      for ranks in [nil, 2] {
        try RefusalTests.refused(
          run + ["--resume"], ranks: ranks,
          "out: in use by process \($0.processIdentifier) on this host since 20")
      }
      kill($0.processIdentifier, SIGTERM)
      kill($0.processIdentifier, SIGCONT)
    }
    #expect(outcome.status == 75, "\(outcome.errors)")
    #expect(!ResumeTests.exists(lock))

    // A run that was killed leaves its lock, which the next one on this host takes over.
    let killed = try Command.lcft(
      run + ["--resume"], when: ResumeTests.exists(lock)
    ) { kill($0.processIdentifier, SIGKILL) }
    #expect(killed.status == 128 + SIGKILL)
    let left = try String(contentsOfFile: lock, encoding: .utf8)
    // Another process may have got the number since.
    let recycled = left.replacingOccurrences(
      of: #"process \d+"#, with: "process \(getpid())", options: .regularExpression)
    try folder.write(recycled, to: "out/.lcft.lock")
    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(!ResumeTests.exists(lock))

    try folder.write(
      "host elsewhere\nprocess 17\nlauncher 16\nbegin x\nsince 2026-01-02T03:04:05Z\n", to: "out/.lcft.lock")
    for ranks in [nil, 2] {
      try RefusalTests.refused(
        run + ["--resume"], ranks: ranks,
        "in use by process 17 on host elsewhere since 2026-01-02T03:04:05Z", "delete \(lock)")
    }
    try FileManager.default.removeItem(atPath: lock)
    // An error releases the folder as well.
    try RefusalTests.refused(run, ranks: 2, "--resume", "--overwrite")
    #expect(!ResumeTests.exists(lock))
  }
}
