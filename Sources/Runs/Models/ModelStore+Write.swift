import Dist
import IO
import LCFT
import Models
import Support

extension ModelStore {
  /// Writes a trainer's model and optimiser as the checkpoint `path`, from rank 0, and returns the content's digest on
  /// every rank. Rows that only other hosts have come piece by piece. A model that is no longer finite is never
  /// written: throws `TrainingError.diverged` then, with `lastGood` as the hint.
  @discardableResult
  func write(
    _ trainer: CloudTrainer, _ position: TrainingPosition, optimizer keepsOptimizer: Bool = true,
    group: Checkpoint.Group? = nil, catalogue: Checkpoint.CatalogueName? = nil,
    parent: Checkpoint.Parent? = nil, to path: String, lastGood: String
  ) throws -> String {
    let start = session.clock.now()
    defer { session.clock.end(.checkpoint, since: start) }
    let weights = trainer.weights
    let steps = position.epoch * trainer.stepsPerEpoch + position.step
    let tensors =
      weights.denseTensors.map { ($0, "dense") } + weights.embeddingTensors.map { ($0, "embeddings") }
      + (keepsOptimizer ? trainer.state.tensors(for: weights).map { ($0, "optimizer") } : [])
    // The ranks of a host have the same tables.
    let isFinite = session.sharing.leads ? tensors.allSatisfy(\.0.isFinite) : true
    guard try session.communicator.allreduce(isFinite ? 1 : 0, .minimum) == 1 else {
      let epoch = position.step > 0 ? position.epoch : position.epoch - 1
      throw TrainingError.diverged(
        epoch: epoch + 1, step: position.step > 0 ? position.step : trainer.stepsPerEpoch,
        learningRate: trainer.rate(done: max(steps - 1, 0)), lastCheckpoint: lastGood)
    }
    let rows = GatheredRows(tensors, inputs.spread?.owners, session.communicator)
    let digest = try session.communicator.collectively {
      guard session.leads else {
        if session.sharing.leads { try rows.send() }
        return ""
      }
      let outline = Checkpoint(
        model: inputs.job.model.name, dense: [], embeddings: [], optimizer: [],
        progress: Checkpoint.Progress(
          epoch: position.epoch, step: steps, seed: inputs.job.seed, losses: position.losses,
          shardLosses: position.shardLosses, evaluations: position.evaluations),
        job: inputs.job.text, datasetDigest: inputs.datasetDigest, group: group, catalogue: catalogue,
        parent: parent)
      let written = Result { try CheckpointFile.write(outline, rows.streams, to: path) }
      // Nobody waits for a rank that has given up.
      if case .failure = written { try rows.drain() }
      return try written.get()
    }
    return try session.communicator.broadcast(digest, from: 0)
  }
}
