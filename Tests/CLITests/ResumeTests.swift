import Foundation
import IO
import Testing

/// Runs that are stopped by a signal, or find what another run left, and go on.
@Suite(.serialized) struct ResumeTests {
  /// A training of some thousand steps and a fine-tuning that takes a while.
  static let job =
    WholePathTests.job
    .replacingOccurrences(of: "epochs: 2\n  batch_size: 64", with: "epochs: 4\n  batch_size: 16")
    .replacingOccurrences(of: "learning_rate: 0.5", with: "learning_rate: 0.02\n  checkpoint_steps: 10")
    .replacingOccurrences(of: "learning_rate: 0.05", with: "learning_rate: 0.002\n  epochs: 40")

  static func prepared() throws -> TemporaryFolder {
    let folder = try WholePathTests.prepared()
    _ = try folder.write(job, to: "job.yaml")
    return folder
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func bytes(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// What a stopped run says and leaves.
  private static func expectStopped(
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

  /// Once it waits for the work at hand, twice it ends at once.
  @Test func theSecondInterruptEndsAtOnce() throws {
    let folder = try ResumeTests.prepared()
    // One step takes seconds.
    _ = try folder.write(
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
      "journal: was made with finetuning.methods [cloud, local, soft1, soft2], the job now has [cloud, local]"
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
    _ = try folder.write(
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
    _ = try folder.write(recycled, to: "out/.lcft.lock")
    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(!ResumeTests.exists(lock))

    _ = try folder.write(
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

  /// A job, seed or data set that differs is refused with the difference, in the middle of every phase.
  @Test func differencesAreRefused() throws {
    let folder = try ResumeTests.prepared()
    let path = folder.file("out")
    let run = WholePathTests.arguments("run", folder, "out")
    func changed(_ old: String, _ new: String) throws -> [String] {
      #expect(ResumeTests.job.contains(old))
      _ = try folder.write(ResumeTests.job.replacingOccurrences(of: old, with: new), to: "changed.yaml")
      return WholePathTests.arguments("run", folder, "out", job: "changed.yaml") + ["--resume"]
    }
    let training = try Command.lcft(
      run, when: ResumeTests.exists("\(path)/checkpoint-latest.h5")
    ) { kill($0.processIdentifier, SIGTERM) }
    try ResumeTests.expectStopped(training, in: path)
    try RefusalTests.refused(
      changed("learning_rate: 0.02", "learning_rate: 0.03"), ranks: 2,
      "training.learning_rate 0.02, the job now has 0.03")
    try RefusalTests.refused(changed("name: small", "name: small\nseed: 2"), "seed 1, the job now has 2")
    let other = try Command.lcft([
      "import", "csv", "--interactions", folder.file("interactions.csv"), "--split-fraction", "0.5",
      "--output",
      folder.file("other.h5"),
    ])
    try #require(other.status == 0)
    let digests = try ["data.h5", "other.h5"].map {
      String(try #require(try FileHeader.read(folder.file($0)).contentDigest).prefix(12))
    }
    try RefusalTests.refused(
      run.map { $0 == folder.file("data.h5") ? folder.file("other.h5") : $0 } + ["--resume"],
      "another data set (content \(digests[0])..., this one's is \(digests[1])...)")

    let tuning = try Command.lcft(
      run + ["--resume"], ranks: 2, when: ResumeTests.bytes("\(path)/results.journal") > 1500
    ) { kill($0.processIdentifier, SIGUSR1) }
    try ResumeTests.expectStopped(tuning, in: path)
    try RefusalTests.refused(
      changed("learning_rate: 0.002", "learning_rate: 0.004"), ranks: 2,
      "results.journal: was made with finetuning.learning_rate 0.002, the job now has 0.004")
    // How often checkpoints are written is nobody's business.
    let resumed = try Command.lcft(try changed("checkpoint_steps: 10", "checkpoint_minutes: 3"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    try RefusalTests.refused(
      changed("learning_rate: 0.002", "learning_rate: 0.004"),
      "results.h5: was made with finetuning.learning_rate")
  }

  /// Where a file cannot grow, as on a full disk, the line says what is kept, and the run goes on from there.
  @Test func aFullDiskLosesNothing() throws {
    let folder = try ResumeTests.prepared()
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let out = WholePathTests.arguments("run", folder, "out")
    let trained = try Command.lcft(WholePathTests.arguments("train", folder, "out"))
    try #require(trained.status == 0, "\(trained.errors)")
    let limited = try Command.run(
      "/bin/bash",
      ["-c", "trap '' XFSZ; ulimit -f 40; exec \"$@\"", "limited", Command.lcft] + out + ["--resume"])
    #expect(limited.status == 1 && limited.errorLines.count == 1, "\(limited.errors)")
    #expect(limited.errors.contains("results.journal: cannot append to: File too large"))
    #expect(limited.errors.contains("what was done is kept in"))
    let resumed = try Command.lcft(out + ["--resume"], ranks: 2)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("users of \(folder.file("out/results.journal"))"))
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
  }

  /// The last good checkpoint is one of finite weights, also where the loss of the step that broke them is finite.
  @Test func noCheckpointHoldsABrokenModel() throws {
    let folder = try ResumeTests.prepared()
    for rate in ["30", "300", "1000"] {
      _ = try folder.write(
        ResumeTests.job.replacingOccurrences(of: "learning_rate: 0.02", with: "learning_rate: \(rate)")
          .replacingOccurrences(of: "checkpoint_steps: 10", with: "checkpoint_steps: 1"), to: "wild.yaml")
      let outcome = try Command.lcft(
        WholePathTests.arguments("train", folder, "wild", job: "wild.yaml") + ["--overwrite"], ranks: 2)
      guard outcome.status != 0 else { continue }
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("not finite in epoch") && outcome.errors.contains("learning rate \(rate)"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("wild"))
      for name in names where name.hasSuffix(".h5") {
        #expect(try CheckpointFile.read(folder.file("wild/\(name)")).isFinite)
        #expect(outcome.errors.contains("last good checkpoint: \(folder.file("wild/"))"))
      }
    }
  }
}
