import Foundation
import Testing

/// A run with everything that regularises a training and shapes its network, as the commands do it.
@Suite(.serialized) struct RegularizedRunTests {
  /// `WholePathTests.job` with penalties, clipping, dropout, warm-up, Adagrad, Dice in the attention, normalised hidden
  /// layers with ReLU, inputs as they are, small embeddings at first and corrected moving statistics.
  static let job = WholePathTests.job
    .replacingOccurrences(
      of: "history_length: 10",
      with: """
        history_length: 10
          attention_activation: dice
          history_sum: false
          batch_normalization: true
          activation: relu
          input_normalization: false
        """
    )
    .replacingOccurrences(
      of: "learning_rate: 0.5",
      with: """
        learning_rate: 0.05
          learning_rate_schedule: steps
          learning_rate_decay: 0.5
          decay_steps: 9
          warmup_steps: 7
          optimizer: adagrad
          l2_dense: 0.001
          l2_embeddings: 0.01
          gradient_clip: 0.1
          dropout: 0.2
          embedding_deviation: 0.1
          normalization_momentum: 0.9
          normalization_correction: true
        """)

  /// The same bits on any number of ranks, and after going on from a checkpoint.
  @Test func sameBitsAndResume() throws {
    let folder = try WholePathTests.prepared()
    func arguments(_ command: String, _ output: String, _ job: String = "all.yaml") -> [String] {
      WholePathTests.arguments(command, folder, output, job: job)
    }
    try folder.write(RegularizedRunTests.job, to: "all.yaml")
    let whole = try Command.lcft(arguments("run", "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let expected = try WholePathTests.digests(folder, "whole")
    for ranks in [2, 3] {
      let outcome = try Command.lcft(arguments("run", "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
    }
    // Each setting counts.
    for setting in [
      "l2_dense: 0.001", "l2_embeddings: 0.01", "gradient_clip: 0.1", "dropout: 0.2",
      "embedding_deviation: 0.1",
      "normalization_momentum: 0.9", "normalization_correction: true",
    ] {
      let without = RegularizedRunTests.job.replacingOccurrences(of: "  \(setting)\n", with: "")
      #expect(without != RegularizedRunTests.job)
      try folder.write(without, to: "without.yaml")
      let outcome = try Command.lcft(arguments("train", "without", "without.yaml") + ["--overwrite"])
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "without")["checkpoint"] != expected["checkpoint"])
    }

    try folder.write(
      RegularizedRunTests.job.replacingOccurrences(of: "epochs: 2", with: "epochs: 1"), to: "first.yaml")
    let first = try Command.lcft(arguments("train", "parts", "first.yaml"), ranks: 3)
    try #require(first.status == 0, "\(first.errors)")
    for (change, to, message) in [
      ("dropout: 0.2", "dropout: 0.3", "training.dropout 0.2, the job now has 0.3"),
      ("history_sum: false", "history_sum: true", "model.history_sum false, the job now has true"),
    ] {
      try folder.write(RegularizedRunTests.job.replacingOccurrences(of: change, with: to), to: "changed.yaml")
      try RefusalTests.refused(arguments("train", "parts", "changed.yaml") + ["--resume"], ranks: 2, message)
    }
    let second = try Command.lcft(arguments("run", "parts") + ["--resume"], ranks: 2)
    try #require(second.status == 0, "\(second.errors)")
    #expect(try WholePathTests.digests(folder, "parts") == expected)
    #expect(second.output == whole.output)
  }

  /// A rate that reaches 0 at the end is another one for another number of epochs.
  @Test func epochsBelongToTheirSchedule() throws {
    let folder = try WholePathTests.prepared()
    let text = WholePathTests.job.replacingOccurrences(
      of: "learning_rate: 0.5", with: "learning_rate: 0.5\n  learning_rate_schedule: cosine")
    try folder.write(text, to: "job.yaml")
    try folder.write(text.replacingOccurrences(of: "epochs: 2", with: "epochs: 3"), to: "longer.yaml")
    let first = try Command.lcft(WholePathTests.arguments("train", folder, "parts"))
    try #require(first.status == 0, "\(first.errors)")
    try RefusalTests.refused(
      WholePathTests.arguments("train", folder, "parts", job: "longer.yaml") + ["--resume"], ranks: 2,
      "training.epochs 2, the job now has 3")
  }
}
