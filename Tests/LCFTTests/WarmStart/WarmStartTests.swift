import Dist
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// A training that goes on from the model of an earlier one, among one rank.
@Suite struct WarmStartTests {
  private static func job(_ model: String, _ training: String, on dataset: Dataset) throws -> Job {
    try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {batch_size: 50, virtual_shards: 3, \(training)}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
  }

  private static func trainer(_ job: Job, _ dataset: Dataset) throws -> CloudTrainer {
    let weights = FineTuningExample.weights(job, dataset)
    return try CloudTrainer(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
  }

  /// What a training holds after `epochs` epochs, as a checkpoint.
  private static func checkpoint(
    _ trainer: CloudTrainer, _ job: Job, epochs: Int, parent: Checkpoint.Parent? = nil
  ) throws -> Checkpoint {
    let losses = epochs == 0 ? [] : try TrainingRun(trainer, epochs: epochs).run().losses
    let weights = trainer.weights
    return Checkpoint(
      model: job.model.name, dense: weights.denseTensors.map(\.tensor),
      embeddings: weights.embeddingTensors.map(\.tensor),
      optimizer: trainer.state.tensors(for: weights).map(\.tensor),
      progress: .init(
        epoch: epochs, step: epochs * trainer.stepsPerEpoch, seed: job.seed, losses: losses),
      job: job.text, datasetDigest: "data", parent: parent)
  }

  private static func start(
    _ job: Job, on dataset: Dataset, from checkpoint: Checkpoint, of earlier: Dataset,
    _ choice: WarmStartChoice = WarmStartChoice()
  ) throws -> WarmStart {
    try WarmStart(
      choice, job, on: dataset, data: "new.h5", from: checkpoint, digest: checkpoint.contentDigest(),
      catalogue: Catalogue(of: earlier, digest: "data"), file: "old.h5")
  }

  /// On the same data set, at a rate that does not change, three trainings of an epoch, each going on from the one before,
  /// end with the bits of one training of three epochs: order of samples, dropout, the optimiser's steps and rows of
  /// unknown values included.
  @Test(arguments: ModelRegistry.names.map { ($0, "adam") } + [("DIN", "adagrad"), ("DeepFM", "sgd")])
  func epochsInPartsAreATraining(_ model: String, _ optimizer: String) throws {
    let dataset = featureDataset()
    let dropout = model == "LR" ? "" : ", dropout: 0.2"
    let job = try Self.job(
      model, "optimizer: \(optimizer), learning_rate: 0.01, learning_rate_decay: 1\(dropout)", on: dataset)
    let whole = try Self.checkpoint(Self.trainer(job, dataset), job, epochs: 3)
    var parts = try Self.checkpoint(Self.trainer(job, dataset), job, epochs: 1)
    for _ in 0..<2 {
      let trainer = try Self.trainer(job, dataset)
      var start = try Self.start(job, on: dataset, from: parts, of: dataset)
      try start.fill(trainer.weights, trainer.state, from: parts)
      trainer.earlier = EarlierTraining(start.parent)
      for rows in start.parent.rows {
        #expect(rows.new == 0 && rows.dropped == 0)
        #expect(rows.kept > 0)
      }
      parts = try Self.checkpoint(trainer, job, epochs: 1, parent: start.parent)
    }
    #expect(parts.parent?.epochs == 2 && parts.parent?.steps == 2 * whole.progress.step / 3)
    #expect(parts.contentDigest() == whole.contentDigest())
  }

  /// An optimiser that begins anew counts its steps from 1 and keeps nothing.
  @Test func anOptimiserThatBeginsAnewIsZero() throws {
    let dataset = featureDataset()
    let job = try Self.job("DIN", "optimizer: adam, learning_rate: 0.01", on: dataset)
    let earlier = try Self.checkpoint(Self.trainer(job, dataset), job, epochs: 1)
    let trainer = try Self.trainer(job, dataset)
    var start = try Self.start(job, on: dataset, from: earlier, of: dataset, .init(optimizer: .reset))
    try start.fill(trainer.weights, trainer.state, from: earlier)
    #expect(start.parent.optimizerSteps == 0 && start.parent.steps == earlier.progress.step)
    let found = try Self.checkpoint(trainer, job, epochs: 0)
    for tensor in found.optimizer { #expect(tensor.values.allSatisfy { $0 == 0 }) }
    #expect(found.dense == earlier.dense && found.embeddings == earlier.embeddings)
    // Another optimiser has no state to go on from.
    let sgd = try Self.job("DIN", "optimizer: sgd, learning_rate: 0.01", on: dataset)
    #expect(throws: WarmStartError.optimizer(file: "old.h5", found: "adam", wanted: "sgd")) {
      try Self.start(sgd, on: dataset, from: earlier, of: dataset)
    }
    _ = try Self.start(sgd, on: dataset, from: earlier, of: dataset, .init(optimizer: .reset))
  }

  /// `featureDataset` with `count` values of the events' `kind`, the first `known` of them known, in an order of `names`.
  private static func withKinds(_ names: [String], known: Int) -> Dataset {
    var dataset = featureDataset()
    dataset.features.vocabularies.append(
      Vocabulary(
        "kind", .values(StringColumn(names), known: known, minimumCount: 2),
        counts: Column(repeatElement(3, count: names.count))))
    dataset.features[.events].append(
      Feature(
        "kind", .categorical(vocabulary: "kind", table: "kind"),
        [.values(Column((0..<dataset.events.count).map { Int32($0 % names.count) }))], description: "",
        source: "test"))
    return dataset
  }

  /// A table of few values that only events have is a dense weight: it becomes an embedding table as it grows, and back.
  /// Its rows are found by their text.
  @Test(arguments: [(5, 80), (80, 5), (5, 7)], WarmStartChoice.RowStart.allCases)
  func tablesAreMatchedAcrossDenseAndEmbedded(_ counts: (Int, Int), _ newRows: WarmStartChoice.RowStart)
    throws
  {
    let earlierNames = (0..<counts.0).map { "kind \($0 + 2)" }
    let names = (0..<counts.1).map { "kind \($0)" }.reversed().map(\.self)
    let (earlier, dataset) = (
      Self.withKinds(earlierNames, known: counts.0 - 1), Self.withKinds(names, known: counts.1 - 1)
    )
    let training = "optimizer: adam, learning_rate: 0.01"
    let before = try Self.checkpoint(
      Self.trainer(Self.job("DIN", training, on: earlier), earlier),
      Self.job("DIN", training, on: earlier), epochs: 1)
    let job = try Self.job("DIN", training, on: dataset)
    let trainer = try Self.trainer(job, dataset)
    var start = try Self.start(
      job, on: dataset, from: before, of: earlier, .init(newRows: newRows))
    try start.fill(trainer.weights, trainer.state, from: before)
    let after = try Self.checkpoint(trainer, job, epochs: 0)

    func table(_ checkpoint: Checkpoint, _ prefix: String = "") -> NamedTensor? {
      let tensors = checkpoint.dense + checkpoint.embeddings + checkpoint.optimizer
      return tensors.first {
        [
          "\(prefix)kind", "\(prefix)kind/weight", "\(prefix)dense/kind/weight", "\(prefix)embeddings/kind",
        ].contains($0.name)
      }
    }
    for prefix in ["", "first_moment/", "second_moment/"] {
      let (old, new) = (try #require(table(before, prefix)), try #require(table(after, prefix)))
      let width = new.shape[1]
      #expect(old.shape == [counts.0, width] && new.shape == [counts.1, width])
      func row(_ tensor: NamedTensor, _ row: Int) -> ArraySlice<Float> {
        tensor.values[row * width..<(row + 1) * width]
      }
      let unknown = row(old, counts.0 - 1)
      for index in 0..<counts.1 - 1 {
        if let place = earlierNames.dropLast().firstIndex(of: names[index]) {
          #expect(row(new, index).elementsEqual(row(old, place)))
        } else if !prefix.isEmpty {
          #expect(row(new, index).allSatisfy { $0 == 0 })
        } else {
          #expect(row(new, index).elementsEqual(unknown) == (newRows == .average))
        }
      }
      #expect(row(new, counts.1 - 1).elementsEqual(unknown))
    }
    let kept = names.dropLast().count { earlierNames.dropLast().contains($0) } + 1
    let rows = try #require(start.parent.rows.first { $0.name == "table/kind" })
    #expect(rows.kept == kept && rows.new == counts.1 - kept && rows.dropped == counts.0 - kept)
    #expect(rows.keepsUnknown)
  }

  /// New rows are what a training by itself would begin with, at the deviation that the job gives.
  @Test func newRowsAreDrawnAsTheJobSays() throws {
    let names = (0..<80).map { "kind \($0)" }
    let (earlier, dataset) = (
      Self.withKinds(Array(names.prefix(70)), known: 70), Self.withKinds(names, known: 80)
    )
    let training = "learning_rate: 0.01, embedding_deviation: 0.001"
    let before = try Self.checkpoint(
      Self.trainer(Self.job("DIN", training, on: earlier), earlier),
      Self.job("DIN", training, on: earlier), epochs: 1)
    let job = try Self.job("DIN", training, on: dataset)
    let trainer = try Self.trainer(job, dataset)
    var start = try Self.start(job, on: dataset, from: before, of: earlier)
    try start.fill(trainer.weights, trainer.state, from: before)
    let alone = Weights(layout: job.makeModel().layout, rowCounts: job.rowCounts(of: dataset))
    alone.initialize(seed: job.seed, embeddings: job.training.embeddings)
    let (found, expected) = try (
      #require(trainer.weights.embeddingTensors.first { $0.name == "kind" }).tensor,
      #require(alone.embeddingTensors.first { $0.name == "kind" }).tensor
    )
    let width = expected.shape[1]
    let own = expected.values[70 * width..<80 * width]
    #expect(found.values[70 * width..<80 * width] == own && own.allSatisfy { abs($0) < 0.01 })
    #expect(found.values.prefix(70 * width) != expected.values.prefix(70 * width))
  }

  /// A trained unknown row stays where no sample of the new data touches it; one that was only the mean does not.
  @Test func trainedUnknownRowsStay() throws {
    let earlier = Self.withKinds(["a", "b", "c"], known: 2)
    var dataset = Self.withKinds(["a", "b", "c"], known: 2)
    dataset.setColumns(
      .events, "kind", .values(Column((0..<dataset.events.count).map { Int32($0 % 2) })))
    func unknown(_ checkpoint: Checkpoint) throws -> [Float] {
      let tensor = try #require(checkpoint.dense.first { $0.name == "kind/weight" })
      return Array(tensor.values.suffix(tensor.shape[1]))
    }
    func goOn(from before: Checkpoint, of earlier: Dataset) throws -> (Checkpoint, Checkpoint.Parent) {
      let job = try Self.job("DIN", "learning_rate: 0.01", on: dataset)
      let trainer = try Self.trainer(job, dataset)
      var start = try Self.start(job, on: dataset, from: before, of: earlier)
      try start.fill(trainer.weights, trainer.state, from: before)
      trainer.earlier = EarlierTraining(start.parent)
      return (try Self.checkpoint(trainer, job, epochs: 1, parent: start.parent), start.parent)
    }
    let job = try Self.job("DIN", "learning_rate: 0.01", on: earlier)
    let trained = try Self.checkpoint(Self.trainer(job, earlier), job, epochs: 1)
    let (next, parent) = try goOn(from: trained, of: earlier)
    #expect(parent.rows.first { $0.name == "table/kind" }?.keepsUnknown == true)
    #expect(try unknown(next) == unknown(trained))
    // And once more.
    let (last, _) = try goOn(from: next, of: dataset)
    #expect(try unknown(last) == unknown(trained))

    let average = try Self.checkpoint(Self.trainer(job, dataset), job, epochs: 1)
    let (after, other) = try goOn(from: average, of: dataset)
    #expect(other.rows.first { $0.name == "table/kind" }?.keepsUnknown == false)
    #expect(try unknown(after) != unknown(average))
  }
}
