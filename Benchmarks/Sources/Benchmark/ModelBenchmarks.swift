import CAllocations
import Dist
import IO
import LCFT
import Models
import Support

/// Cloud training and per-user fine-tuning as the product runs them, on the sizes of the PyTorch programs.
struct ModelBenchmarks {
  let report: Report
  private var communicator: any Communicator { report.communicator }

  init(_ report: Report) { self.report = report }

  /// Which DIN, or which other model with its own defaults.
  enum Size {
    /// The reference implementation's: embeddings of 9, attention 80-40-1, perceptron 200-80-1 with Dice.
    case reference
    /// The original's: embeddings of 64, four-part attention input, perceptron 80-40-1.
    case original

    var model: String {
      switch self {
      case .reference: "{name: DIN}"
      case .original:
        "{name: DIN, user_embedding: 64, item_embedding: 64, category_embedding: 64, "
          + "attention_input: original, hidden: [80, 40]}"
      }
    }
  }

  func run() throws {
    try runDIN()
    for name in ModelRegistry.names where name != "DIN" {
      let exposures = name == "EdgeRec"
      try training(name, "{name: \(name)}", exposures: exposures)
      try fineTuning("\(name)", "{name: \(name)}", losses: false, exposures: exposures)
    }
  }

  func runDIN() throws {
    for (name, size) in [("DIN, reference sizes", Size.reference), ("DIN, original sizes", .original)] {
      try training(name, size.model)
      try fineTuning(name, size.model, losses: false)
      try fineTuning("\(name), with losses", size.model, losses: true)
    }
  }

  static func job(_ model: String, methods: [String] = ["local"], losses: Bool = false) throws -> Job {
    try Job.parse(
      """
      model: \(model)
      training: {batch_size: 1024, learning_rate: 0.1}
      finetuning:
        methods: [\(methods.joined(separator: ", "))]
        batch_size: 32
        learning_rate: 0.01
        losses: \(losses)
      """, file: "benchmark")
  }

  func training(_ name: String, _ model: String, exposures: Bool = false) throws {
    let dataset = BenchmarkData.cloud(samples: 24 * 1024, exposures: exposures)
    let job = try Self.job(model).fitted(to: dataset, file: "benchmark")
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: Self.weights(job, dataset), communicator: communicator)
    let measurement = try Measurement.best(
      allocationsPer: Double(trainer.stepsPerEpoch), among: communicator
    ) {
      _ = try trainer.trainFirstEpoch()
      return Double(dataset.train.count)
    }
    report.line(
      "cloud training \(name)", measurement, "samples",
      operations: OperationCounts(job.model, job.makeModel().layout).training(dataset.train).floating)
  }

  func fineTuning(_ name: String, _ model: String, losses: Bool, exposures: Bool = false) throws {
    let dataset = BenchmarkData.users(2000, exposures: exposures)
    let job = try Self.job(model, losses: losses).fitted(to: dataset, file: "benchmark")
    let weights = Self.weights(job, dataset)
    if communicator.size == 1 {
      let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
      let measurement = try Measurement.best(allocationsPer: Double(dataset.users.count)) {
        for user in 0..<dataset.users.count { try tuner.process(user: user) { _, _, _ in } }
        return Double(dataset.users.count)
      }
      return report.line("fine-tuning \(name)", measurement, "users")
    }
    let run = FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: communicator)
    let measurement = try Measurement.best(
      allocationsPer: Double(dataset.users.count), among: communicator
    ) {
      let outcomes = OutcomeTable(dataset: dataset, evaluated: run.evaluated, methods: job.fineTuning.methods)
      try run.runAll(into: outcomes)
      return Double(dataset.users.count)
    }
    report.line("fine-tuning \(name)", measurement, "users")
  }

  static func weights(_ job: Job, _ dataset: Dataset) -> Weights {
    let weights = Weights(layout: job.makeModel().layout, rowCounts: job.rowCounts(of: dataset))
    weights.initialize(seed: 1)
    return weights
  }
}
