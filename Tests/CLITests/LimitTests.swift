import Foundation
import TestSupport
import Testing

/// A run that cannot fit is refused before any work, with the numbers, in one line.
@Suite(.serialized) struct LimitTests {
  /// `lcft` with `arguments` after `setup` in the same shell, on as many ranks.
  private func lcft(_ setup: String, _ arguments: [String], ranks: Int?) throws -> Command.Outcome {
    let start = ranks.map { "lcft_mpirun \($0) " } ?? ""
    return try Command.run(
      "/bin/bash",
      ["-c", "\(Command.environment); \(setup) \(start)\"$@\"", "bash", Command.lcft]
        + arguments)
  }

  /// A job whose dense layers and their gradients take some 4 GB, half of that on each of two ranks.
  private static let large = """
    model: {name: DIN, hidden: [4096, 4096, 4096, 4096, 4096, 4096, 4096, 4096]}
    training: {epochs: 1, batch_size: 64, learning_rate: 0.1}
    """

  @Test(arguments: [nil, 2]) func addressSpace(ranks: Int?) throws {
    let folder = try WholePathTests.prepared()
    try folder.write(LimitTests.large, to: "large.yaml")
    for (command, outputs) in [("run", "a"), ("train", "b")] {
      let outcome = try lcft(
        "ulimit -v 1500000;", WholePathTests.arguments(command, folder, outputs, job: "large.yaml"),
        ranks: ranks)
      #expect(outcome.status != 0 && !outcome.timedOut)
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      let line = outcome.errorLines.first ?? ""
      #expect(
        line.contains("GB more memory in a process") || line.contains("MB more memory in a process"))
      #expect(line.contains("ulimit -v") && line.contains("--ignore-limits"))
      #expect(!FileManager.default.fileExists(atPath: folder.file("\(outputs)/checkpoint-epoch-1.h5")))
    }
    // What fits under the limit runs.
    let fits = try lcft("ulimit -v 1500000;", WholePathTests.arguments("run", folder, "c"), ranks: ranks)
    #expect(fits.status == 0, "\(fits.errors)")
  }

  @Test(arguments: [nil, 2]) func memoryOfTheJob(ranks: Int?) throws {
    let folder = try WholePathTests.prepared()
    try folder.write(LimitTests.large, to: "large.yaml")
    let outcome = try lcft(
      "export SLURM_MEM_PER_NODE=300;", WholePathTests.arguments("run", folder, "out", job: "large.yaml"),
      ranks: ranks)
    #expect(outcome.status != 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
    let line = outcome.errorLines.first ?? ""
    // 315 MB less what the program has taken.
    let left = ranks == 2 ? "260 MB" : "266 MB"
    #expect(
      line.contains("of memory on") && line.contains("\(left) are available (SLURM_MEM_PER_NODE)"), "\(line)")
    #expect(line.contains(ranks == 2 ? "(2 ranks)" : "(1 rank)"))
    let tried = try lcft(
      "export SLURM_MEM_PER_NODE=1;", WholePathTests.arguments("run", folder, "tried") + ["--ignore-limits"],
      ranks: ranks)
    #expect(tried.status == 0, "\(tried.errors)")
  }

  /// A small file system of its own, where the test may mount one.
  @Test func disk() throws {
    let folder = try WholePathTests.prepared()
    try FileManager.default.createDirectory(atPath: folder.file("small"), withIntermediateDirectories: true)
    let mounted = try Command.run(
      "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.file("small")])
    guard mounted.status == 0 else {
      print("no file system can be mounted here: not tested")
      return
    }
    defer { _ = try? Command.run("/usr/bin/env", ["umount", folder.file("small")]) }
    let long = WholePathTests.job.replacingOccurrences(of: "epochs: 2", with: "epochs: 400")
    try folder.write(long, to: "long.yaml")
    let outcome = try Command.lcft(WholePathTests.arguments("train", folder, "small/out", job: "long.yaml"))
    #expect(outcome.status != 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
    let line = outcome.errorLines.first ?? ""
    #expect(line.contains("checkpoints and catalogue.h5 need about") && line.contains("MB are free"))
    #expect(!outcome.errors.contains("epoch 1"))
    let tried = try Command.lcft(
      WholePathTests.arguments("train", folder, "small/out", job: "long.yaml") + ["--ignore-limits"])
    #expect(tried.status != 0)
    #expect(tried.errors.contains("epoch 1/400") && tried.errors.contains("No space left"))
    // Users' models are told before training.
    try FileManager.default.removeItem(atPath: folder.file("small/out"))
    let wide = WholePathTests.job.replacingOccurrences(of: "hidden: [12, 6]", with: "hidden: [200, 60]")
    try folder.write(wide, to: "wide.yaml")
    let models = try Command.lcft(
      WholePathTests.arguments("run", folder, "small/models", job: "wide.yaml") + ["--save-models", "all"])
    #expect(models.status != 0 && models.errorLines.count == 1, "\(models.errors)")
    #expect(models.errors.contains("users' models need about") && !models.errors.contains("epoch 1"))
  }

  /// The estimate is near what the ranks' memory has been, in summary.json.
  @Test(arguments: [1, 2]) func estimateAgainstThePeak(ranks: Int) throws {
    let folder = try FileTestFolder()
    let made = try Command.lcft([
      "synthesize", "--users", "6000", "--items", "5000", "--output", folder.file("data.h5"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    try folder.write(
      """
      model: {name: DIN, user_embedding: 256, item_embedding: 32, category_embedding: 8}
      training: {epochs: 1, batch_size: 8192, learning_rate: 0.1}
      """, to: "job.yaml")
    let outcome = try Command.lcft(
      WholePathTests.arguments("train", folder, "out"), ranks: ranks, seconds: 300)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let memory = try #require(try WholePathTests.summary(folder, "out")["memory"] as? [String: Any])
    let peaks = try #require(memory["peak"] as? [Int])
    #expect(peaks.count == ranks)
    for (rank, peak) in peaks.enumerated() {
      let name = rank == 0 ? "estimated_of_rank_zero" : "estimated_per_rank"
      let ratio = Double(try #require(memory[name] as? Int)) / Double(peak)
      #expect(ratio > 0.75 && ratio < 1.6, "rank \(rank): estimate over peak \(ratio)")
    }
  }
}
