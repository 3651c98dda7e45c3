import Foundation
import IO
import TestSupport
import Testing

/// Where the memory has no room for the outcomes of all users they lie in temporary files, and results are the same.
@Suite(.serialized) struct SpilledOutcomeTests {
  /// A world whose outcomes take some 120 MB, and a model of it.
  private func prepared() throws -> FileTestFolder {
    let folder = try FileTestFolder()
    let world = try Command.lcft([
      "synthesize", "--users", "100000", "--items", "500", "--mean-training", "2", "--mean-test", "8",
      "--mean-history", "2", "--output", folder.file("data.h5"),
    ])
    try #require(world.status == 0, "\(world.errors)")
    try folder.write(
      """
      model: {name: LR}
      training: {epochs: 1, batch_size: 8192, learning_rate: 0.1}
      finetuning: {methods: [cloud, local, soft1, soft2], losses: false}
      """, to: "job.yaml")
    let train = try Command.lcft(WholePathTests.arguments("train", folder, "model"))
    try #require(train.status == 0, "\(train.errors)")
    return folder
  }

  private func fineTune(_ folder: FileTestFolder, _ output: String, _ more: [String]) -> [String] {
    WholePathTests.arguments("finetune", folder, output)
      + ["--checkpoint", folder.file("model/checkpoint-epoch-1.h5")] + more
  }

  private func digest(_ folder: FileTestFolder, _ output: String) throws -> String {
    try #require(try FileHeader.read(folder.file("\(output)/results.h5")).contentDigest)
  }

  @Test func resultsAreTheSame() throws {
    let folder = try prepared()
    let plain = try Command.lcft(fineTune(folder, "plain", []))
    try #require(plain.status == 0 && !plain.errors.contains("temporary files"), "\(plain.errors)")
    for ranks in [nil, 2] {
      let output = "on\(ranks ?? 1)"
      let spilled = try Command.lcft(fineTune(folder, output, ["--memory", "190M"]), ranks: ranks)
      #expect(spilled.status == 0, "\(spilled.errors)")
      #expect(spilled.errors.contains("of outcomes lie in temporary files in"), "\(spilled.errors)")
      #expect(try digest(folder, output) == digest(folder, "plain"))
      // A finished run stays as it is, and nothing is left of the files.
      let again = try Command.lcft(fineTune(folder, output, ["--memory", "190M", "--resume"]), ranks: ranks)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try digest(folder, output) == digest(folder, "plain"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.file(output))
      #expect(!left.contains { $0.contains("spill") }, "\(left)")
    }
    // Stopped half way, and gone on with all in memory.
    let journal = folder.file("stopped/results.journal")
    func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int) ?? 0 }
    let stopped = try Command.lcft(
      fineTune(folder, "stopped", ["--memory", "190M"]), when: size() > 1_000_000
    ) {
      kill($0.processIdentifier, SIGUSR1)
    }
    #expect(stopped.status == 75, "\(stopped.errors)")
    let resumed = try Command.lcft(fineTune(folder, "stopped", ["--resume"]))
    #expect(resumed.status == 0 && resumed.errors.contains("resuming after"), "\(resumed.errors)")
    #expect(try digest(folder, "stopped") == digest(folder, "plain"))
  }

  /// What cannot be kept is refused before any work.
  @Test func refusals() throws {
    let folder = try prepared()
    func line(_ more: String...) throws -> String {
      let outcome = try Command.lcft(fineTune(folder, "out", more))
      #expect(outcome.status != 0 && outcome.errorLines.count <= 1, "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("out/results.h5")))
      return outcome.errors
    }
    #expect(try line("--memory", "120M").contains("are available (--memory 120 MB)"))
    #expect(
      try line("--memory", "190M", "--temporary", folder.file("none")).contains(
        "none: cannot hold the temporary files"))
    #expect(
      try line("--memory", "190M", "--ignore-limits").contains("are limits: give them or --ignore-limits"))
  }
}
