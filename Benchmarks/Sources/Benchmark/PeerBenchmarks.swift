import Dist
import Foundation
import LCFT
import Support

/// The loops that programs in other frameworks measure too, on the same shapes, in lines that one script reads from both:
///
///     lcft cloud train, reference sizes 1 thr    samples/s wall best N mean N | CPU best N mean N
///
/// A pass goes over all samples or users; passes are repeated for a number of seconds, and the best one says what the
/// machine can do when nothing disturbs it.
struct PeerBenchmarks {
  let communicator: any Communicator
  /// How long each loop is repeated.
  let seconds: Double

  /// The loops whose names contain `part`; all for nil.
  func run(_ part: String?) throws {
    let loops: [(name: String, work: (String) throws -> Void)] = [
      ("cloud train, reference sizes", { try training($0, .reference) }),
      ("cloud train, original sizes", { try training($0, .original) }),
      ("finetune local", { try fineTuning($0, "[local]", losses: false) }),
      ("finetune cloud+local+soft1", { try fineTuning($0, "[cloud, local, soft1]", losses: false) }),
      (
        "finetune cloud+local+soft1+soft2",
        { try fineTuning($0, "[cloud, local, soft1, soft2]", losses: false) }
      ),
      ("finetune local, losses", { try fineTuning($0, "[local]", losses: true) }),
    ]
    for loop in loops where part.map({ loop.name.contains($0) }) ?? true { try loop.work(loop.name) }
  }

  private func training(_ name: String, _ size: ModelBenchmarks.Size) throws {
    let dataset = BenchmarkData.cloud(samples: 24 * 1024)
    let job = try job(size.model, methods: "[local]", losses: false).fitted(to: dataset, file: "benchmark")
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: ModelBenchmarks.weights(job, dataset), communicator: communicator)
    try repeated(name, "samples", dataset.train.count) { _ = try trainer.trainFirstEpoch() }
  }

  private func fineTuning(_ name: String, _ methods: String, losses: Bool) throws {
    let dataset = BenchmarkData.users(2000)
    let job = try job("{name: DIN}", methods: methods, losses: losses).fitted(to: dataset, file: "benchmark")
    let run = FineTuningRun(
      job: job, dataset: dataset, weights: ModelBenchmarks.weights(job, dataset), communicator: communicator)
    try repeated(name, "users", dataset.users.count) {
      try run.runAll(
        into: OutcomeTable(dataset: dataset, evaluated: run.evaluated, methods: job.fineTuning.methods))
    }
  }

  private func job(_ model: String, methods: String, losses: Bool) throws -> Job {
    try Job.parse(
      """
      model: \(model)
      training: {batch_size: 1024, learning_rate: 0.1}
      finetuning: {methods: \(methods), batch_size: 32, learning_rate: 0.01, losses: \(losses)}
      """, file: "benchmark")
  }

  /// Repeats `pass` and prints the rates of the best pass and of all, by the wall and by this rank's CPU time.
  private func repeated(_ name: String, _ unit: String, _ count: Int, _ pass: () throws -> Void) throws {
    try pass()
    var (walls, processor): ([Double], [Double]) = ([], [])
    var left = try communicator.broadcast(seconds, from: 0)
    while left > 0 {
      try communicator.barrier()
      let (wall, used) = (steadySeconds(), cpuSeconds())
      try pass()
      try communicator.barrier()
      walls.append(steadySeconds() - wall)
      processor.append(cpuSeconds() - used)
      left = try communicator.broadcast(left - (walls.last ?? 0), from: 0)
    }
    guard communicator.rank == 0 else { return }
    func rates(_ times: [Double]) -> String {
      let best = Double(count) / (times.min() ?? .infinity)
      let mean = Double(count * times.count) / times.reduce(0, +)
      return String(format: "best %.0f mean %.0f", best, mean)
    }
    let label = "lcft \(name) \(communicator.size) thr".padding(toLength: 58, withPad: " ", startingAt: 0)
    print("\(label) \(unit)/s wall \(rates(walls)) | CPU \(rates(processor))")
    fflush(nil)
  }
}
