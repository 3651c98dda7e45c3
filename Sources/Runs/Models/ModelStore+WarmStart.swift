import Dist
import IO
import LCFT
import Models
import Support

extension ModelStore {
  /// What a training on the data set would go on from, at `path`, on rank 0; nil elsewhere. Reads the checkpoint's outline
  /// and its catalogue, and throws, on every rank, what is wrong with them. Collective.
  func preview(_ choice: WarmStartChoice, from path: String) throws -> Checkpoint.Parent? {
    try session.communicator.collectively {
      guard session.leads else { return nil }
      let outline = try CheckpointFile.readOutline(path)
      let catalogue = try CatalogueFile.read(of: outline, at: path)
      return try start(choice, from: outline, digest: ModelStore.digest(of: path), catalogue, path).parent
    }
  }

  /// The digest of a checkpoint's content, from its header where that states it.
  static func digest(of path: String) throws -> String {
    try FileHeader.read(path).contentDigest ?? CheckpointFile.read(path).contentDigest()
  }

  /// Fills the weights and the optimiser of `trainer` from the model at `path`, and returns what they go on from, on every
  /// rank. Collective.
  func warmStart(
    _ trainer: CloudTrainer, _ choice: WarmStartChoice, from path: String
  ) throws -> Checkpoint.Parent {
    let parent = try session.sharing.once { _ in
      let checkpoint = try CheckpointFile.read(path)
      let catalogue = try CatalogueFile.read(of: checkpoint, at: path)
      var start = try start(choice, from: checkpoint, digest: checkpoint.contentDigest(), catalogue, path)
      try start.fill(trainer.weights, trainer.state, from: checkpoint)
      return start.parent
    }
    let expected = try session.communicator.broadcast(parent.digest, from: 0)
    try session.communicator.collectively {
      guard parent.digest == expected else { throw RunError.differentFiles(file: path) }
    }
    try session.sharing.spread(trainer.weights, trainer.state)
    try session.sharing.barrier()
    trainer.earlier = EarlierTraining(parent)
    return parent
  }

  private func start(
    _ choice: WarmStartChoice, from checkpoint: Checkpoint, digest: String, _ catalogue: Catalogue,
    _ path: String
  ) throws -> WarmStart {
    try WarmStart(
      choice, inputs.job, on: inputs.dataset, data: inputs.dataPath, from: checkpoint, digest: digest,
      catalogue: catalogue, file: path)
  }
}
