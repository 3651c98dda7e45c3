import CInstructions
import Dist
import Foundation
import LCFT
import Models
import Support

/// The loops that programs in other frameworks measure too, on the same shapes, in lines that one script reads from both:
///
///     lcft cloud train, reference sizes 1 thr    samples/s wall best N mean N | CPU best N mean N | 64% of the roofline
///
/// A pass goes over all samples or users; passes are repeated for a number of seconds, and the best one says what the
/// machine can do when nothing disturbs it. Its share of the roofline is that of the time which its arithmetic would take at
/// the machine's own ceilings (`Ceilings`). Where the machine counts instructions, the line ends with those of the leading
/// rank's samples or users.
struct PeerBenchmarks {
  let communicator: any Communicator
  /// How long each loop is repeated.
  let seconds: Double
  let ceilings: Ceilings

  private struct Loop {
    var name: String
    var model: String
    /// nil for cloud training.
    var methods: [String]?
    var losses = false
    var hasExposures: Bool { model.contains("EdgeRec") }
  }

  private static let loops: [Loop] = {
    let (reference, original) = (ModelBenchmarks.Size.reference.model, ModelBenchmarks.Size.original.model)
    var loops = [
      Loop(name: "cloud train, reference sizes", model: reference),
      Loop(name: "cloud train, original sizes", model: original),
      Loop(name: "finetune local", model: reference, methods: ["local"]),
      Loop(name: "finetune cloud+local+soft1", model: reference, methods: ["cloud", "local", "soft1"]),
      Loop(
        name: "finetune cloud+local+soft1+soft2", model: reference,
        methods: ["cloud", "local", "soft1", "soft2"]),
      Loop(name: "finetune local, losses", model: reference, methods: ["local"], losses: true),
    ]
    for name in ModelRegistry.names where name != "DIN" {
      let model = "{name: \(name)}"
      loops.append(Loop(name: "\(name) train", model: model))
      loops.append(Loop(name: "\(name) local", model: model, methods: ["local"]))
      loops.append(
        Loop(name: "\(name) cloud+local+soft1", model: model, methods: ["cloud", "local", "soft1"]))
    }
    return loops
  }()

  /// The loops whose names contain `part`; all for nil.
  func run(_ part: String?) throws {
    for loop in PeerBenchmarks.loops where part.map({ loop.name.contains($0) }) ?? true {
      if let methods = loop.methods { try fineTuning(loop, methods) } else { try training(loop) }
    }
  }

  private func training(_ loop: Loop) throws {
    let dataset = BenchmarkData.cloud(samples: 24 * 1024, exposures: loop.hasExposures)
    let job = try ModelBenchmarks.job(loop.model).fitted(to: dataset, file: "benchmark")
    let weights = ModelBenchmarks.weights(job, dataset)
    let trainer = try CloudTrainer(job: job, dataset: dataset, weights: weights, communicator: communicator)
    let counts = OperationCounts(job.model, weights.layout)
    try repeated(loop.name, "samples", dataset.train.count, counts.training(dataset.train)) {
      _ = try trainer.trainFirstEpoch()
    }
  }

  private func fineTuning(_ loop: Loop, _ methods: [String]) throws {
    let dataset = BenchmarkData.users(2000, exposures: loop.hasExposures)
    let job = try ModelBenchmarks.job(loop.model, methods: methods, losses: loop.losses)
      .fitted(to: dataset, file: "benchmark")
    let weights = ModelBenchmarks.weights(job, dataset)
    let run = FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: communicator)
    let counts = OperationCounts(job.model, weights.layout)
    // Losses take the scores of the training samples after the step; those before it are those of the step itself.
    var operations = counts.fineTuning(
      dataset, methods: methods.filter { $0 != "cloud" }.count, scoresCloud: methods.contains("cloud"))
    if loop.losses { operations = operations + counts.scores(dataset.train, of: dataset) }
    try repeated(loop.name, "users", dataset.users.count, operations) {
      try run.runAll(
        into: OutcomeTable(dataset: dataset, evaluated: run.evaluated, methods: job.fineTuning.methods))
    }
  }

  /// Repeats `pass` and prints the rates of the best pass and of all, by the wall and by this rank's CPU time.
  /// `operations` are those of one of its `count`.
  private func repeated(
    _ name: String, _ unit: String, _ count: Int, _ operations: Operations, _ pass: () throws -> Void
  ) throws {
    try pass()
    var (walls, processor): ([Double], [Double]) = ([], [])
    var instructions = UInt64.max
    var left = try communicator.broadcast(seconds, from: 0)
    while left > 0 {
      try communicator.barrier()
      let (wall, used) = (steadySeconds(), cpuSeconds())
      let before = instruction_count()
      try pass()
      instructions = min(instructions, instruction_count() - before)
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
    let least = ceilings.seconds(Double(count) * operations) / Double(communicator.size)
    let share = Int((100 * least / (walls.min() ?? .infinity)).rounded())
    let counted =
      instructions == 0 ? "" : " | \(instructions / UInt64(count / communicator.size)) instructions each"
    let label = "lcft \(name) \(communicator.size) thr".padding(toLength: 58, withPad: " ", startingAt: 0)
    print(
      "\(label) \(unit)/s wall \(rates(walls)) | CPU \(rates(processor)) | \(share)% of the roofline\(counted)"
    )
    fflush(nil)
  }
}
