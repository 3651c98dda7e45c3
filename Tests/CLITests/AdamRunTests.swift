import Foundation
import IO
import Support
import Testing

/// Cloud training and fine-tuning with Adam, as the commands do it.
@Suite(.serialized) struct AdamRunTests {
  /// `WholePathTests.job` with Adam for both trainings, three epochs.
  static let job = WholePathTests.job
    .replacingOccurrences(of: "epochs: 2", with: "epochs: 3")
    .replacingOccurrences(of: "learning_rate: 0.5", with: "learning_rate: 0.01\n  optimizer: adam")
    .replacingOccurrences(
      of: "learning_rate: 0.05", with: "learning_rate: 0.001\n  optimizer: adam\n  beta2: 0.99")

  /// The same bits on any number of ranks, and after going on from a checkpoint, which holds the moments.
  @Test func sameBitsAndResume() throws {
    let folder = try WholePathTests.prepared()
    func arguments(_ command: String, _ output: String, _ job: String = "adam.yaml") -> [String] {
      WholePathTests.arguments(command, folder, output, job: job)
    }
    try folder.write(AdamRunTests.job, to: "adam.yaml")
    let whole = try Command.lcft(arguments("run", "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let expected = try WholePathTests.digests(folder, "whole")
    for ranks in [2, 4] {
      let outcome = try Command.lcft(arguments("run", "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
      #expect(outcome.output == whole.output)
    }

    // Stopped after the first of three epochs, and gone on with other ranks.
    try folder.write(
      AdamRunTests.job.replacingOccurrences(of: "epochs: 3", with: "epochs: 1"), to: "first.yaml")
    let first = try Command.lcft(arguments("train", "parts", "first.yaml"), ranks: 3)
    try #require(first.status == 0, "\(first.errors)")
    let firstCheckpoint = try CheckpointFile.read(folder.file("parts/checkpoint-epoch-1.h5"))
    let second = try Command.lcft(arguments("run", "parts") + ["--resume"], ranks: 2)
    try #require(second.status == 0, "\(second.errors)")
    #expect(second.errors.contains("resuming after epoch 1"))
    #expect(try WholePathTests.digests(folder, "parts") == expected)
    #expect(second.output == whole.output)

    // Every trained tensor has both moments; the ones that matter are not zero.
    let statistics = ["moving_mean", "moving_variance"]
    for slot in ["first_moment", "second_moment"] {
      let names =
        firstCheckpoint.dense.map { "\(slot)/dense/\($0.name)" }
        .filter { name in !statistics.contains { name.hasSuffix($0) } }
        + firstCheckpoint.embeddings.map { "\(slot)/embeddings/\($0.name)" }
      let found = firstCheckpoint.optimizer.filter { $0.name.hasPrefix(slot) }
      #expect(found.map(\.name) == names)
      for tensor in found where tensor.name.hasSuffix("user") || tensor.name.hasSuffix("mlp/0/weight") {
        #expect(tensor.values.contains { $0 != 0 })
      }
    }

    // The optimiser is part of what a training must not change between its epochs.
    for (change, message) in [
      ("virtual", "training.optimizer adam, the job now has sgd"),
      ("optimizer: adam\n  beta1: 0.8\n  virtual", "training.beta1 0.9, the job now has 0.8"),
    ] {
      let text = AdamRunTests.job.replacingOccurrences(
        of: "optimizer: adam\n  virtual", with: change)
      try folder.write(text, to: "changed.yaml")
      try RefusalTests.refused(arguments("train", "parts", "changed.yaml") + ["--resume"], ranks: 2, message)
    }
    // A checkpoint whose optimiser's state is lost or does not fit.
    let good = try CheckpointFile.read(folder.file("whole/checkpoint-epoch-3.h5"))
    var bad = [good, good, good]
    bad[0].optimizer = []
    bad[1].optimizer[0] = NamedTensor(name: good.optimizer[0].name, shape: [1], values: [0])
    bad[2].optimizer.append(NamedTensor(name: "third_moment", shape: [1], values: [0]))
    for (checkpoint, part) in zip(bad, ["is missing", "has the shape [1]", "third_moment is not part"]) {
      let path = folder.file("broken/checkpoint-epoch-3.h5")
      try? FileManager.default.createDirectory(
        atPath: folder.file("broken"), withIntermediateDirectories: true)
      try CheckpointFile.write(checkpoint, to: path)
      try RefusalTests.refused(
        arguments("train", "broken") + ["--resume"], ranks: 2, "\(path): /optimizer/", part)
    }
    // Fine-tuning starts with moments of its own: it asks for none.
    try CheckpointFile.write(bad[0], to: folder.file("weights.h5"))
    let tuned = try Command.lcft(
      arguments("finetune", "tuned") + ["--checkpoint", folder.file("weights.h5")])
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(tuned.output == whole.output)
  }
}
