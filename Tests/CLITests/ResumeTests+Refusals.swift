import Foundation
import IO
import Testing

/// What a resumed run refuses, and what it keeps where a disk is full or a model breaks.
extension ResumeTests {
  /// A job, seed or data set that differs is refused with the difference, in the middle of every phase.
  @Test func differencesAreRefused() throws {
    let folder = try ResumeTests.prepared()
    let path = folder.file("out")
    let run = WholePathTests.arguments("run", folder, "out")
    func changed(_ old: String, _ new: String) throws -> [String] {
      #expect(ResumeTests.job.contains(old))
      try folder.write(ResumeTests.job.replacingOccurrences(of: old, with: new), to: "changed.yaml")
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
      try folder.write(
        ResumeTests.job.replacingOccurrences(of: "learning_rate: 0.02", with: "learning_rate: \(rate)")
          .replacingOccurrences(of: "checkpoint_steps: 10", with: "checkpoint_steps: 1"), to: "wild.yaml")
      let outcome = try Command.lcft(
        WholePathTests.arguments("train", folder, "wild", job: "wild.yaml") + ["--overwrite"], ranks: 2)
      guard outcome.status != 0 else { continue }
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("not finite in epoch") && outcome.errors.contains("learning rate \(rate)"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("wild"))
      for name in names where name.hasPrefix("checkpoint-") {
        #expect(try CheckpointFile.read(folder.file("wild/\(name)")).isFinite)
        #expect(outcome.errors.contains("last good checkpoint: \(folder.file("wild/"))"))
      }
    }
  }
}
