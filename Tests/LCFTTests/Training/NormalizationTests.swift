import Dist
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// Where the statistics of batch norm and Dice come from: the whole batch of all shards in cloud training, the
/// moving ones in fine-tuning and evaluation.
@Suite struct NormalizationTests {
  static func job(_ model: String, shards: Int, _ training: String = "") throws -> Job {
    try Job.parse(
      """
      model: {name: \(model), histories: [positive, negative], history_length: 6}
      training: {epochs: 1, batch_size: 1000000, learning_rate: 0, virtual_shards: \(shards)\(training)}
      finetuning: {methods: [cloud, local], batch_size: 7, learning_rate: 0.05}
      """, file: "test.yaml"
    ).fitted(to: smallDataset(), file: "test.h5")
  }

  /// One step on all samples moves the mean of the user's columns by (1 - momentum) times the mean embedding
  /// over all training samples, however many shards the samples are cut into, and the variance likewise.
  /// Corrected, moving statistics are those of the batch after one step.
  @Test(
    arguments: ["WideDeep", "DeepFM", "PNN", "DIN"],
    [(1, false), (3, false), (8, false), (1, true), (3, true)])
  func trainingUsesTheWholeBatch(_ model: String, _ choice: (shards: Int, corrected: Bool)) throws {
    let (shards, corrected) = choice
    let dataset = smallDataset()
    let job = try NormalizationTests.job(
      model, shards: shards, corrected ? ", normalization_correction: true" : "")
    let kept = corrected ? 0 : 0.99
    let weights = Weights(layout: job.makeModel().layout, rowCounts: job.rowCounts(of: dataset))
    weights.initialize(seed: 4)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    #expect(trainer.stepsPerEpoch == 1)
    try TrainingRun(trainer, epochs: 1).run()

    let layout = weights.layout
    let table = try #require(layout.tables.firstIndex { $0.name == "user" })
    let mean = try #require(layout.statistics.first { $0.name == "input_norm/moving_mean" })
    let variance = try #require(layout.statistics.first { $0.name == "input_norm/moving_variance" })
    for column in 0..<layout.tables[table].width {
      var values: [Double] = []
      for user in 0..<dataset.users.count {
        let value = Double(weights.tables[table][user * layout.tables[table].width + column])
        for _ in dataset.train.rows(ofUser: user) { values.append(value) }
      }
      let average = values.reduce(0, +) / Double(values.count)
      let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count)
      #expect(abs(Double(weights.statistics[mean.offset + column]) - (1 - kept) * average) < 1e-7)
      #expect(
        abs(Double(weights.statistics[variance.offset + column]) - (kept + (1 - kept) * spread)) < 1e-6)
    }
  }

  /// Fine-tuning neither uses a batch's statistics nor changes the moving ones: a sample's score does not
  /// depend on the samples beside it, as it would with batch statistics.
  @Test(arguments: ["WideDeep", "DeepFM", "PNN", "DIN"])
  func fineTuningUsesMovingStatistics(_ model: String) throws {
    let dataset = smallDataset()
    let job = try NormalizationTests.job(model, shards: 1)
    let weights = FineTuningExample.weights(job, dataset)
    let before = (0..<weights.layout.statisticCount).map { weights.statistics[$0] }
    // The same users with their first test sample alone.
    var shortened = dataset
    var offsets: [Int64] = [0]
    var kept: [Int] = []
    for user in 0..<dataset.users.count {
      kept += dataset.test.rows(ofUser: user).prefix(1)
      offsets.append(Int64(kept.count))
    }
    shortened.test = Dataset.Samples(
      offsets: Column(offsets), item: Column(kept.map { dataset.test.item[$0] }),
      label: Column(kept.map { dataset.test.label[$0] }),
      eventPosition: Column(kept.map { dataset.test.eventPosition[$0] }))
    func logits(_ dataset: Dataset, _ user: Int) throws -> [[Float]] {
      let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: 0.4)
      return try FineTuningExample.run(tuner, user: user).map(\.logits)
    }
    for user in dataset.evaluatedUsers.map(Int.init) {
      for (all, first) in zip(try logits(dataset, user), try logits(shortened, user)) {
        #expect(all.count > 1 && first.count == 1)
        #expect(abs(all[0] - first[0]) <= 1e-6 + 1e-5 * abs(all[0]))
      }
    }
    #expect(before == (0..<weights.layout.statisticCount).map { weights.statistics[$0] })
  }
}
