import Dist
import Foundation
import IO
import LCFT
import Models
import Support

extension Experiment {
  /// Trains the cloud model, with a checkpoint after every epoch and, within epochs, as the job says, and returns
  /// it, whole on every rank. With a checkpoint in the output folder (a resumed run) goes on from the newest.
  package func train() throws -> Weights {
    let (weights, state) = try makeTrainingState()
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: state, communicator: communicator,
      node: sharing.node, clock: clock)
    var position = TrainingPosition()
    var lastGood: String?
    if let path = try newestCheckpoint() {
      position = try goOn(trainer, from: path) { checkpoint in
        if checkpoint.progress.shardLosses.isEmpty { summary.digest.checkpoint = checkpoint.contentDigest() }
      }
      lastGood = path
    } else {
      try initialize(weights)
    }
    var run = TrainingRun(
      trainer, epochs: job.training.epochs, settings: job.training, communicator: communicator)
    func hint() -> String { lastGood.map { "last good checkpoint: \($0)" } ?? "no checkpoint yet" }
    run.lastCheckpoint = hint
    run.stopHint = "\(folder.path) holds the training so far; the same command with --resume goes on"
    run.save = { [self] position in
      _ = try write(trainer, position, to: folder.latestStep, lastGood: hint())
      lastGood = folder.latestStep
    }
    run.afterEpoch = { [self] position in
      let path = folder.checkpoint(epoch: position.epoch)
      summary.digest.checkpoint = try write(trainer, position, to: path, lastGood: hint())
      lastGood = path
      try removeOnLeader(folder.latestStep)
    }
    let losses = try follow(run, from: position, epochs: job.training.epochs, name: "epoch")
    summary.cloudTraining = RunSummary.CloudTraining(loss: losses)
    let timing = trainer.timing
    if timing.steps > 0 {
      summary.cloudTraining?.samplesPerSecond = Double(timing.samples) / timing.seconds
      summary.cloudTraining?.seconds = timing.seconds
      summary.cloudTraining?.stepsPerEpoch = trainer.stepsPerEpoch
      let ranks = try rankTimes(of: timing)
      summary.cloudTraining?.ranks = ranks
    }
    return weights
  }

  /// The checkpoint of the cloud training that has done the most steps; nil if there is none. One within an epoch
  /// that a later epoch's makes useless is removed. Collective.
  private func newestCheckpoint() throws -> String? {
    let path = try communicator.collectively {
      guard leads else { return "" }
      let epoch = folder.latestCheckpoint().map { folder.checkpoint(epoch: $0) }
      guard FileManager.default.fileExists(atPath: folder.latestStep) else { return epoch ?? "" }
      let step = try CheckpointFile.readProgress(folder.latestStep).step
      guard let epoch, try CheckpointFile.readProgress(epoch).step >= step else { return folder.latestStep }
      try FileStatus.remove(folder.latestStep)
      return epoch
    }
    let shared = try communicator.broadcast(path, from: 0)
    return shared.isEmpty ? nil : shared
  }

  /// Loads the checkpoint `path` into a trainer's weights and optimiser and returns where it stands. `check` sees
  /// it on rank 0 and may refuse it. Collective.
  func goOn(
    _ trainer: CloudTrainer, from path: String, check: (Checkpoint) throws -> Void
  ) throws -> TrainingPosition {
    let progress = try loadCheckpoint(path, into: trainer.weights, trainer.state, check: check)
    let step = progress.step - progress.epoch * trainer.stepsPerEpoch
    let shards = job.training.virtualShards
    guard progress.losses.count == progress.epoch,
      progress.shardLosses.isEmpty
        ? step == 0
        : (1..<trainer.stepsPerEpoch).contains(step) && progress.shardLosses.count == shards
    else {
      throw CheckpointMismatch.progress(
        file: path, epoch: progress.epoch, step: progress.step, stepsPerEpoch: trainer.stepsPerEpoch)
    }
    say("going on after epoch \(progress.epoch)\(step > 0 ? ", step \(step)," : "") of \(path)")
    return TrainingPosition(losses: progress.losses, step: step, shardLosses: progress.shardLosses)
  }

  /// Runs a training with progress on rank 0's standard error; `name` stands before an epoch's number. Returns
  /// the epochs' mean losses.
  func follow(
    _ run: TrainingRun, from position: TrainingPosition, epochs: Int, name: String
  ) throws -> [Double] {
    let steps = run.trainer.stepsPerEpoch
    var meter: ProgressTask?
    var recent = 0.0
    var first = position.step
    var current = run
    let afterEpoch = run.afterEpoch
    current.afterEpoch = { [self] position in
      if leads {
        meter?.finish(Double(steps - first), note: "mean loss \(text(position.losses.last ?? .nan, 5))")
      }
      first = 0
      try afterEpoch(position)
    }
    return try current.run(
      from: position,
      onEpoch: { epoch in
        meter = (leads ? ProgressFeed.standardError : .silent).start(
          "\(name) \(epoch + 1)/\(epochs)", unit: "steps", total: Double(steps - first))
        recent = .nan
      },
      onStep: { step, loss in
        recent = recent.isNaN ? loss : 0.98 * recent + 0.02 * loss
        if leads { meter?.update(Double(step - first), note: "loss \(text(recent, 4))") }
      })
  }

  /// Reads a checkpoint on every rank and checks that this job and data set could have made it; `check` sees it
  /// on rank 0 and may refuse it as well. Without `state` the optimiser's state is not looked at: a fine-tuning
  /// starts its own.
  func loadCheckpoint(
    _ path: String, into weights: Weights, _ state: OptimizerState? = nil,
    check: (Checkpoint) throws -> Void = { _ in }
  ) throws -> Checkpoint.Progress {
    try load(weights, state) {
      let checkpoint = try CheckpointFile.read(path)
      guard checkpoint.model == job.model.name else {
        throw CheckpointMismatch.model(file: path, found: checkpoint.model, wanted: job.model.name)
      }
      guard checkpoint.datasetDigest == datasetDigest else {
        throw CheckpointMismatch.dataset(file: path, found: checkpoint.datasetDigest, wanted: datasetDigest)
      }
      let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
      try Journal.check(earlier.trainingSettings, are: job.trainingSettings, file: path)
      try weights.load(checkpoint, file: path)
      try state?.tensors(for: weights).load(checkpoint.optimizer, group: "/optimizer", file: path)
      if leads { try check(checkpoint) }
      return checkpoint.progress
    }
  }

  /// Writes a trainer's model and optimiser as the checkpoint `path`, from rank 0, which has the whole of them, and
  /// returns the content's digest there. A model that is no longer finite is never written: throws
  /// `TrainingError.diverged` then, with `lastGood` as the hint. Collective.
  @discardableResult
  func write(
    _ trainer: CloudTrainer, _ position: TrainingPosition, optimizer keepsOptimizer: Bool = true,
    group: Checkpoint.Group? = nil, to path: String, lastGood: String
  ) throws -> String? {
    let start = clock.now()
    defer { clock.end(.checkpoint, since: start) }
    let weights = trainer.weights
    let steps = position.epoch * trainer.stepsPerEpoch + position.step
    var checkpoint: Checkpoint?
    if leads {
      checkpoint = Checkpoint(
        model: job.model.name, dense: weights.denseTensors.map(\.tensor),
        embeddings: weights.embeddingTensors.map(\.tensor),
        optimizer: keepsOptimizer ? trainer.state.tensors(for: weights).map(\.tensor) : [],
        progress: Checkpoint.Progress(
          epoch: position.epoch, step: steps, seed: job.seed, losses: position.losses,
          shardLosses: position.shardLosses),
        job: job.text, datasetDigest: datasetDigest, group: group)
    }
    guard try communicator.broadcast(checkpoint?.isFinite ?? true ? 1 : 0, from: 0) == 1 else {
      let epoch = position.step > 0 ? position.epoch : position.epoch - 1
      throw TrainingError.diverged(
        epoch: epoch + 1, step: position.step > 0 ? position.step : trainer.stepsPerEpoch,
        learningRate: trainer.rate(epoch: epoch), lastCheckpoint: lastGood)
    }
    return try communicator.collectively {
      guard let checkpoint else { return nil }
      try CheckpointFile.write(checkpoint, to: path)
      return checkpoint.contentDigest()
    }
  }

  /// Removes a file of the output folder that is no longer needed. Collective.
  func removeOnLeader(_ path: String) throws {
    try communicator.collectively { if leads { try FileStatus.remove(path) } }
  }
}
