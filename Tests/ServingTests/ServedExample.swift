import Dist
import IO
import LCFT
import Models
import Serving
import Studies
import Support
import TestSupport
import Testing

/// `featureDataset` as an import could have made it, with a cloud model in files, for commands that serve it.
struct ServedExample {
  let folder: FileTestFolder
  let dataset: Dataset
  let job: Job
  let weights: Weights
  let methods: [Method]

  static let methods: [Method] = [
    .cloud, .local, .soft1, .soft2, .hard, .balanced1, .proximal, .averaged,
  ]

  var data: String { folder.file("data.h5") }
  var checkpoint: String { folder.file("checkpoint-epoch-1.h5") }
  var labels: String { folder.file("labels.yaml") }

  init(
    _ model: String, methods: [Method] = ServedExample.methods, dataset: Dataset = ServedExample.dataset()
  ) throws {
    self.methods = methods
    folder = try FileTestFolder()
    self.dataset = dataset
    var job = try FineTuningExample.job(model, "learning_rate: 0.002", for: dataset)
    job.fineTuning.methods = methods
    job.findings.labels = SearchFindings.Labels(pairs: FineTuningExample.pairs)
    self.job = job
    weights = FineTuningExample.weights(job, dataset)
    try DatasetFile.write(dataset, to: data)
    let digest = try DatasetFile.read(data).contentDigest()
    let catalogue = Catalogue(of: dataset, digest: digest)
    try CatalogueFile.write(catalogue, to: folder.file("catalogue.h5"))
    try CheckpointFile.write(
      Checkpoint(
        model: job.model.name, dense: weights.denseTensors.map(\.tensor),
        embeddings: weights.embeddingTensors.map(\.tensor), optimizer: [],
        progress: .init(epoch: 1, step: 1, seed: job.seed, losses: [0.5]), job: job.text,
        datasetDigest: digest, catalogue: .init(file: "catalogue.h5", digest: catalogue.contentDigest())),
      to: checkpoint)
    var origin = SearchOrigin()
    (origin.model, origin.datasetDigest, origin.job) = (job.model.name, digest, job.text)
    let table = LabelTable(
      pairs: FineTuningExample.pairs, scores: [], alphas: [], betas: [], grid: [], origin: origin)
    try folder.write(table.yaml, to: "labels.yaml")
  }

  /// Events ten seconds apart, and samples between them where their positions say.
  static func dataset() -> Dataset {
    var dataset = featureDataset()
    dataset.events.timestamp = Column(dataset.events.timestamp.values.map { 10 * $0 + 10 })
    for part in [\Dataset.train, \Dataset.test] {
      var positions: [Int32] = []
      for user in 0..<dataset.users.count {
        let rows = dataset[keyPath: part].rows(ofUser: user)
        positions += dataset[keyPath: part].eventPosition.values[rows].sorted()
      }
      dataset[keyPath: part].eventPosition = Column(positions)
      dataset[keyPath: part].timestamp = Column(positions.map { 10 * Int64($0) + 5 })
    }
    return dataset
  }

  /// The logits that the fine-tuning stores: by method those of all test samples, in their order; NaN for users without
  /// training samples, and under cloud what `UntrainedUsersRun` stores for them.
  func stored(recording emit: @escaping (PersonalModels.User) throws -> Void = { _ in }) throws -> [[Float]] {
    let run = FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    run.record(Set(run.evaluated), emit: emit)
    let outcomes = OutcomeTable(dataset: dataset, evaluated: run.evaluated, methods: methods)
    try run.runAll(into: outcomes)
    var results = try outcomes.results(
      model: job.model.name, job: job, datasetDigest: "", checkpointDigest: "", in: DatasetParts(dataset))
    if let untrained = UntrainedUsersRun(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    {
      try untrained.run()
      results.untrained = try untrained.outcome(beside: results, in: DatasetParts(dataset))
    }
    var logits = methods.map { _ in [Float](repeating: .nan, count: dataset.test.count) }
    let offsets = try #require(results.predictions).offsets
    for (place, row) in results.users.row.enumerated() {
      for method in methods.indices {
        let own = try #require(results.methods[method].predictions)
        for (index, target) in dataset.test.rows(ofUser: Int(row)).enumerated() {
          logits[method][target] = own[Int(offsets[place]) + index]
        }
      }
    }
    guard let others = results.untrained else { return logits }
    var next = 0
    for row in others.row {
      for target in dataset.test.rows(ofUser: Int(row)) {
        logits[0][target] = try #require(others.logits)[next]
        next += 1
      }
    }
    return logits
  }

  /// Samples as lines of a table: those of `rows`, with the header. `named` columns come first.
  func lines(
    _ part: KeyPath<Dataset, Dataset.Samples>, _ rows: Range<Int>, users: Bool = true, label: Bool = false
  ) -> String {
    let samples = dataset[keyPath: part]
    let place = part == \Dataset.train ? 0 : 1
    var user = 0
    var text = (users ? "user," : "") + "item,time," + (label ? "label," : "") + "place,price,screen\n"
    for row in rows {
      while samples.rows(ofUser: user).upperBound <= row { user += 1 }
      if users { text += "\(dataset.users.id[user])," }
      text += "\(dataset.items.id[Int(samples.item[row])]),\(samples.timestamp![row])"
      if label { text += ",\(samples.label[row])" }
      for feature in dataset.features.samples {
        text += "," + value(feature, feature.columns[place], row)
      }
      text += "\n"
    }
    return text
  }

  /// A user's events as lines of a table, with the header.
  func history(ofUser user: Int) -> String {
    var text = "item,time,label," + dataset.features.events.map(\.name).joined(separator: ",") + "\n"
    for row in Int(dataset.users.eventOffsets[user])..<Int(dataset.users.eventOffsets[user + 1]) {
      text += "\(dataset.items.id[Int(dataset.events.item[row])]),\(dataset.events.timestamp[row])"
      text += ",\(dataset.events.label[row])"
      for feature in dataset.features.events { text += "," + value(feature, feature.column, row) }
      text += "\n"
    }
    return text
  }

  private func value(_ feature: Feature, _ column: FeatureColumn, _ row: Int) -> String {
    if column.isMissing(row) { return "" }
    switch column {
    case .numbers(let numbers, _):
      let width = feature.vectorWidth ?? 1
      return numbers.values[row * width..<(row + 1) * width].map { "\($0)" }.joined(separator: "|")
    default:
      let names = dataset.features.vocabulary(of: feature)!.values!
      return column.values(ofRow: row).map { names[Int($0)] }.joined(separator: "|")
    }
  }

  /// The scores that `options` give, by method in the order of the pairs.
  func predict(_ change: (inout Predict.Options) -> Void) throws -> Predictions {
    let output = folder.file("scores-\(UInt32.random(in: 0 ... .max)).h5")
    var options = Predict.Options(checkpoint: checkpoint, pairs: folder.file("pairs.csv"), output: output)
    change(&options)
    _ = try Predict(options, SoloCommunicator()).run()
    return try PredictionsFile.read(output)
  }
}

extension Predictions {
  /// The logits of one method, in the order of the pairs.
  func logits(_ method: String) -> [Float] {
    let place = methods.firstIndex(of: method)
    return rows.filter { Int($0.method) == place }.map(\.logit)
  }
}
