import Dist
import IO
import LCFT
import Models
import Support

/// Makes the weights of a job's model, whose tables the ranks of a host share, loads them from checkpoints
/// and writes them into checkpoints. Every function is collective.
struct ModelStore {
  let session: Session
  let inputs: Inputs

  private var job: Job { inputs.job }

  /// Zeroed weights of the job's model for the data set.
  func newWeights() throws -> Weights {
    let layout = job.makeModel().layout
    return try session.sharing.together {
      try Weights(
        layout: layout, rowCounts: job.rowCounts(of: inputs.dataset), tablesIn: $0,
        held: inputs.spread?.owners.held(byHostOf: session.communicator.rank))
    }
  }

  /// Zeroed state of an optimiser for `weights`.
  func newState(_ optimizer: Optimizer, for weights: Weights) throws -> OptimizerState {
    try session.sharing.together { try OptimizerState(optimizer, for: weights, tablesIn: $0) }
  }

  /// A cloud training on `dataset`, whose weights are still zero.
  func newTrainer(on dataset: Dataset) throws -> CloudTrainer {
    let weights = try newWeights()
    return try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: newState(job.training.optimizer, for: weights),
      communicator: session.communicator, node: session.sharing.node, clock: session.clock)
  }

  /// Draws the weights that a training begins with.
  func initialize(_ weights: Weights) throws {
    weights.initialize(
      seed: job.seed, embeddings: job.training.embeddings, tables: session.sharing.leads)
    try session.sharing.barrier()
  }

  /// Copies `other` into `weights`.
  func copy(_ other: Weights, into weights: Weights) throws {
    weights.copy(other, tables: session.sharing.leads)
    try session.sharing.barrier()
  }

  /// Reads the checkpoint `path` into `weights`, and into `state` where there is one: without it the
  /// optimiser's state is ignored. `check` sees the checkpoint on rank 0 and may refuse it. Returns the
  /// checkpoint without its tensors, and its digest, on every rank.
  ///
  /// Throws `CheckpointMismatch` and `FileError.otherSettings` where this job and data set could not have
  /// made it.
  func load(
    _ path: String, into weights: Weights, _ state: OptimizerState? = nil,
    check: (Checkpoint) throws -> Void = { _ in }
  ) throws -> LoadedCheckpoint {
    try session.sharing.load(path, into: weights, state) { checkpoint in
      try self.check(checkpoint, file: path)
      if session.leads { try check(checkpoint) }
    }
  }

  /// Throws where this job and data set could not have made `checkpoint`: a cloud model, or the model of a
  /// group, whose own settings its command compares.
  func check(_ checkpoint: Checkpoint, file path: String) throws {
    guard checkpoint.model == job.model.name else {
      throw CheckpointMismatch.model(file: path, found: checkpoint.model, wanted: job.model.name)
    }
    guard checkpoint.datasetDigest == inputs.datasetDigest else {
      throw CheckpointMismatch.dataset(
        file: path, found: checkpoint.datasetDigest, wanted: inputs.datasetDigest)
    }
    let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
    try Journal.check(earlier.trainingSettings, are: job.trainingSettings, file: path)
  }

  /// Throws where a training of `epochs` epochs cannot be resumed from the checkpoint `path`:
  /// `CheckpointMismatch.pastEnd` where it is further than that, and `otherOrder` where its samples came in another
  /// order, so that it would not end with the bits that were promised.
  func checkProgress(_ path: String, _ progress: Checkpoint.Progress, epochs: Int) throws {
    guard progress.epoch < epochs || (progress.epoch == epochs && progress.shardLosses.isEmpty) else {
      throw CheckpointMismatch.pastEnd(file: path, epoch: progress.epoch, epochs: epochs)
    }
    guard progress.epoch < epochs, try FileHeader.read(path).version < 2 else { return }
    throw CheckpointMismatch.otherOrder(file: path, epoch: progress.epoch)
  }

  /// Throws, on every rank, where the job's cloud training cannot be resumed from the checkpoint `path`; `check`
  /// sees it on rank 0 and may refuse it as well. Collective.
  func checkResumable(_ path: String, check: (Checkpoint) throws -> Void = { _ in }) throws {
    try session.communicator.collectively {
      guard session.leads else { return }
      let outline = try CheckpointFile.readOutline(path)
      try self.check(outline, file: path)
      try checkProgress(path, outline.progress, epochs: job.training.epochs)
      try check(outline)
    }
  }

  /// Loads the checkpoint `path` into a trainer's weights and optimiser and returns where the training of `epochs`
  /// epochs stands.
  func resume(
    _ trainer: CloudTrainer, from path: String, epochs: Int, check: (Checkpoint) throws -> Void
  ) throws -> (position: TrainingPosition, loaded: LoadedCheckpoint) {
    let loaded = try load(path, into: trainer.weights, trainer.state) { checkpoint in
      try checkProgress(path, checkpoint.progress, epochs: epochs)
      try check(checkpoint)
    }
    let progress = loaded.progress
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
    session.say("resuming after epoch \(progress.epoch)\(step > 0 ? ", step \(step)," : "") of \(path)")
    let position = TrainingPosition(
      losses: progress.losses, step: step, shardLosses: progress.shardLosses,
      evaluations: progress.evaluations)
    trainer.earlier = EarlierTraining(loaded.parent)
    return (position, loaded)
  }

  /// Writes the catalogue of the data set beside the checkpoints, unless it is there; its name on rank 0. Collective.
  func writeCatalogue() throws -> Checkpoint.CatalogueName? {
    try session.communicator.collectively {
      guard session.leads else { return nil }
      let catalogue = Catalogue(of: inputs.dataset, digest: inputs.datasetDigest)
      let (path, digest) = (session.folder.catalogue, catalogue.contentDigest())
      let isThere = try session.folder.holds(path) && FileHeader.read(path).contentDigest == digest
      if !isThere {
        try CatalogueFile.write(catalogue, to: path)
      }
      return Checkpoint.CatalogueName(file: RunFolder.catalogueName, digest: digest)
    }
  }

  /// Whether the catalogue `path` is there and names the rows of another data set. On rank 0.
  func isOtherCatalogue(_ path: String) throws -> Bool {
    guard session.folder.holds(path) else { return false }
    let own = Catalogue(of: inputs.dataset, digest: inputs.datasetDigest).contentDigest()
    return try FileHeader.read(path).contentDigest != own
  }
}
