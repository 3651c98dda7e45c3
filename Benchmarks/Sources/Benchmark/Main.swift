import CBLAS
import Dist
import IO
import LCFT
import Models
import Support

/// The two loops that the product exists for, on data shaped as the PyTorch programs that they are compared
/// with make theirs, and the ceiling that the machine sets. One line per measurement: name, rate, unit.
@main
enum Benchmark {
  static func main() throws {
    openblas_set_num_threads(1)
    report("sgemm 1024 x 1024 x 1024", matrixMultiply(), "GFLOP/s")
    report("sigmoid", sigmoid(), "elements/s")
    for model in ModelRegistry.names {
      report("cloud training \(model), batch 1024", try cloudTraining(model), "samples/s")
      report("fine-tuning \(model), 30 + 12 samples", try fineTuning(model), "users/s")
    }
  }

  private static func report(_ name: String, _ rate: Double, _ unit: String) {
    let padding = String(repeating: " ", count: max(1, 44 - name.count))
    print("\(name)\(padding)\(rate >= 1000 ? "\(Int(rate))" : "\(rate)") \(unit)")
  }

  /// The best of three runs: other work on the machine only ever slows one down.
  private static func best(_ work: () throws -> Double) rethrows -> Double {
    var rate = 0.0
    for _ in 0..<3 { rate = max(rate, try work()) }
    return rate
  }

  private static func matrixMultiply() -> Double {
    let n = 1024
    var random = KeyedRandom(seed: 1)
    let a = (0..<n * n).map { _ in Float(random.uniform()) }
    var c = a
    return best {
      let start = steadySeconds()
      for _ in 0..<5 {
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(n), Int32(n), Int32(n), 1, a, Int32(n), a,
          Int32(n), 0, &c, Int32(n))
      }
      return 5 * 2 * Double(n * n * n) / (steadySeconds() - start) / 1e9
    }
  }

  private static func sigmoid() -> Double {
    var values = [Float](repeating: 0.5, count: 8192)
    return best {
      let start = steadySeconds()
      for _ in 0..<1000 { Elementwise.sigmoid(&values, count: values.count) }
      return Double(1000 * values.count) / (steadySeconds() - start)
    }
  }

  private static func job(_ model: String) throws -> Job {
    try Job.parse(
      """
      model: {name: \(model)}
      training: {batch_size: 1024, learning_rate: 0.1}
      finetuning: {methods: [local], batch_size: 32, learning_rate: 0.01}
      """, file: "benchmark")
  }

  private static func cloudTraining(_ model: String) throws -> Double {
    let job = try job(model)
    let dataset = BenchmarkData.cloud(samples: 50 * 1024)
    let weights = weights(job, dataset)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    return try best {
      let start = steadySeconds()
      _ = try trainer.train(epoch: 0, lastCheckpoint: "") { _, _ in }
      return Double(dataset.train.count) / (steadySeconds() - start)
    }
  }

  private static func fineTuning(_ model: String) throws -> Double {
    let job = try job(model)
    let dataset = BenchmarkData.users(2000)
    let weights = weights(job, dataset)
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    return try best {
      let start = steadySeconds()
      for user in 0..<dataset.users.count { try tuner.process(user: user) { _, _, _ in } }
      return Double(dataset.users.count) / (steadySeconds() - start)
    }
  }

  private static func weights(_ job: Job, _ dataset: Dataset) -> Weights {
    guard let model = ModelRegistry.make(job.model) else { preconditionFailure("a registered model") }
    let weights = Weights(
      layout: model.layout, users: dataset.users.count, items: dataset.items.count,
      categories: dataset.categories.count)
    weights.initialize(seed: 1)
    return weights
  }
}
