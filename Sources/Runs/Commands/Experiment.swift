import Dist
import Foundation
import IO
import LCFT
import Models
import Plan
import Support

/// Where a run's job comes from.
package enum JobSource: Sendable {
  /// A job file.
  case file(String)
  /// The job that users' saved models were made by.
  case models(String)

  var path: String {
    switch self {
    case .file(let path): path
    case .models(let path): "\(path):/job"
    }
  }

  func text() throws -> String {
    switch self {
    case .file(let path): try Job.read(path).text
    case .models(let path): try PersonalModelsFile.Reader(path).layout.job
    }
  }

  /// The methods, joined by commas, that the source itself names beside the job: cloud and those saved.
  func methods() throws -> String {
    guard case .models(let path) = self else { return "" }
    return ([Method.cloud.rawValue] + (try PersonalModelsFile.Reader(path).layout.methods))
      .joined(separator: ",")
  }
}

/// One job on one data set among the ranks of a communicator: what the commands train, finetune and run do.
///
/// Every method is collective. Rank 0 leads: it reads the job, writes files, and tells on standard error
/// what happens. Whatever may fail on some ranks only is agreed on before work begins.
package final class Experiment {
  package internal(set) var job: Job
  package let dataset: Dataset
  let datasetDigest: String
  let dataPath: String
  let communicator: any Communicator
  let sharing: NodeSharing
  let folder: RunFolder
  /// On rank 0: keeps other runs out of the folder until this one ends, by an error, too.
  private let lock: FolderLock?
  var summary: RunSummary
  /// This rank's time by phase.
  let clock: PhaseClock
  let profile: Profile?
  /// Whether a run that cannot fit is tried all the same.
  let ignoresLimits: Bool

  var leads: Bool { communicator.rank == 0 }

  /// Reads the job file and the data set. `methods` replaces the job's if given; `profile` is the file for a
  /// timeline, if one is wanted. What cannot fit is refused, unless it `ignoresLimits`. Throws, on every rank alike, what is wrong with either, or with writing into
  /// the output folder.
  package init(
    job source: JobSource, dataPath: String, output: String, start: RunStart, outputs: RunOutputs,
    methods: [Method]? = nil, profile: String? = nil, ignoresLimits: Bool = false,
    communicator: any Communicator
  ) throws {
    let clock = PhaseClock()
    self.clock = clock
    self.ignoresLimits = ignoresLimits
    self.profile = try profile.map { try Profile($0, clock, communicator) }
    let folder = RunFolder(output)
    // Rank 0's job file is the job: hosts may hold different versions of it.
    let text = try communicator.broadcast(
      try communicator.collectively { communicator.rank == 0 ? try source.text() : "" }, from: 0)
    let own = try communicator.broadcast(
      try communicator.collectively { communicator.rank == 0 ? try source.methods() : "" }, from: 0)
    var job = try Job.parse(text, file: source.path)
    let saved = own.split(separator: ",").compactMap { Method(rawValue: String($0)) }
    if let methods = methods ?? (saved.isEmpty ? nil : saved) { job.fineTuning.methods = methods }
    try communicator.collectively { _ = try Experiment.checkShards(job, communicator.size, source.path) }
    // A file that is not a data set is for its reader to refuse.
    let estimate = (try? DatasetSizes(dataPath)).map {
      ResourceEstimate(job: job, sizes: $0, ranks: communicator.size, work: outputs.work)
    }
    let hasEstimates = try communicator.allreduce(estimate == nil ? 0 : 1, .minimum) == 1
    if let estimate, hasEstimates, !ignoresLimits {
      try LimitCheck(estimate: estimate, folder: output).run(communicator)
    }
    let sharing = try NodeSharing(communicator)
    self.sharing = sharing
    if let warning = sharing.warning { StandardError.write("rank \(communicator.rank): \(warning)\n") }
    let content = try clock.measure(.load) {
      try sharing.once { try DatasetFile.load(dataPath, in: $0) }
    }
    let digest = content.digest
    var dataset = content.dataset
    let expected = try communicator.broadcast(digest, from: 0)
    lock = try communicator.collectively {
      guard digest == expected else { throw RunError.differentFiles(dataPath) }
      job = try job.fitted(to: dataset, file: dataPath)
      return communicator.rank == 0 ? try folder.prepare(start, outputs: outputs) : nil
    }
    dataset.histories = try clock.measure(.load) {
      try sharing.once { try job.histories(of: dataset, in: $0) }
    }
    self.job = job
    self.dataset = dataset
    self.dataPath = dataPath
    self.communicator = communicator
    self.folder = folder
    datasetDigest = digest
    summary = RunSummary(
      job: job.name,
      dataset: RunSummary.DatasetCounts(
        name: URL(fileURLWithPath: dataPath).deletingPathExtension().lastPathComponent,
        users: dataset.users.count, items: dataset.items.count, categories: dataset.categories.count,
        events: dataset.events.count, trainSamples: dataset.train.count, testSamples: dataset.test.count,
        digest: digest),
      model: job.model.name, globalCTR: dataset.globalCTR, ranks: communicator.size,
      digest: RunSummary.Digest())
    if let estimate {
      summary.memory = RunSummary.Memory(
        estimatedPerRank: estimate.rankBytes(leader: false),
        estimatedOfRankZero: estimate.rankBytes(leader: true))
    }
    say(
      "\(job.name): \(job.model.name) on \(dataset.users.count) users, \(dataset.items.count) items, "
        + (job.model.genomeWidth > 0 ? "a tag genome of \(job.model.genomeWidth) tags, " : "")
        + "\(dataset.train.count) training and \(dataset.test.count) test samples, "
        + Experiment.ranks(of: communicator))
    try tellAboutRanks(source, jobText: text)
  }

  /// More ranks than virtual shards would leave ranks without users to train on.
  private static func checkShards(_ job: Job, _ ranks: Int, _ file: String) throws {
    _ = try ShardMap(shards: job.training.virtualShards, ranks: ranks)
  }

  /// Zeroed weights of the job's model for this data set, whose tables the ranks of a host share. Collective.
  func makeWeights() throws -> Weights {
    try sharing.together {
      try Weights(
        layout: makeModel().layout, users: dataset.users.count, items: dataset.items.count,
        categories: dataset.categories.count, tablesIn: $0)
    }
  }

  func makeModel() -> any Model {
    job.makeModel()
  }

  /// The weights and the optimiser's state that a training begins with, shared likewise. Collective.
  func makeTrainingState() throws -> (Weights, OptimizerState) {
    let weights = try makeWeights()
    let state = try sharing.together {
      try OptimizerState(job.training.optimizer, for: weights, tablesIn: $0)
    }
    return (weights, state)
  }

  /// Draws the weights that a training begins with. Collective.
  func initialize(_ weights: Weights) throws {
    weights.initialize(seed: job.seed, tables: sharing.leads)
    try sharing.barrier()
  }

  /// Runs `body`, which fills `weights`, and `state` where there is one, once per host, and gives every rank of the
  /// host what it returns and what ranks have for themselves. Collective.
  func load<Value: Codable>(
    _ weights: Weights, _ state: OptimizerState? = nil, _ body: () throws -> Value
  ) throws -> Value {
    let value = try sharing.once { _ in try body() }
    let layout = weights.layout
    try sharing.spread(weights.dense, count: layout.parameterCount)
    try sharing.spread(weights.statistics, count: layout.statisticCount)
    if let state {
      try sharing.spread(state.dense, count: state.optimizer.slots.count * layout.parameterCount)
    }
    return value
  }

  /// A line on rank 0's standard error.
  func say(_ line: @autoclosure () -> String) {
    if leads { StandardError.write(line() + "\n") }
  }

  /// Writes `summary.json` on rank 0. Collective.
  package func writeSummary() throws {
    // All ranks give theirs, also those that could not estimate: behind `?.` such a rank would not take part.
    let peaks = try communicator.gather([MachineLimits.peakMemory()], to: 0).values
    summary.memory?.peak = peaks
    guard leads else { return }
    try AtomicFile.write(String(decoding: try summary.json(), as: UTF8.self) + "\n", to: folder.summary)
  }
}
