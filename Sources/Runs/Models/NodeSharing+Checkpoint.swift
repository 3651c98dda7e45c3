import Dist
import IO
import LCFT
import Models

/// What a checkpoint holds besides its tensors.
package struct LoadedCheckpoint: Codable {
  var progress: Checkpoint.Progress
  package var digest: String
  /// The model that its training went on from.
  var parent: Checkpoint.Parent?
}

extension NodeSharing {
  /// Reads the checkpoint `path` into `weights`, whose tables the ranks of a host share, and into `state` where there is
  /// one: without it the optimiser's state is ignored. Tables of users and items may have one row more than the
  /// checkpoint's, that of unknown ones. `check` sees the checkpoint on one rank of each host and may refuse it. Returns
  /// the checkpoint without its tensors, and its digest, on every rank. Throws, on every rank alike, what reading a
  /// checkpoint and `check` throw, and `CheckpointMismatch` where its tensors are others. Collective.
  package func load(
    _ path: String, into weights: Weights, _ state: OptimizerState? = nil,
    check: (Checkpoint) throws -> Void
  ) throws -> LoadedCheckpoint {
    let loaded = try once { _ in
      var outline: Checkpoint?
      var tables: [TensorOutline] = []
      let digest = try CheckpointFile.read(path) { found, tensors in
        try check(found)
        outline = found
        tables = tensors.filter { $0.group == "embeddings" }
        return try weights.denseTensors.targets(tensors, group: "dense", file: path)
          + weights.embeddingTensors.targets(tensors, group: "embeddings", file: path)
          + (state?.tensors(for: weights).targets(tensors, group: "optimizer", file: path) ?? [])
      }
      weights.embeddingTensors.setUnknownRows(tables)
      guard let outline else { preconditionFailure("a checkpoint that was read has an outline") }
      return LoadedCheckpoint(progress: outline.progress, digest: digest, parent: outline.parent)
    }
    try spread(weights, state)
    return loaded
  }

  /// Brings what is not in the tables from the rank that has read it to the host's other ranks.
  func spread(_ weights: Weights, _ state: OptimizerState?) throws {
    let layout = weights.layout
    try spread(weights.dense, count: layout.parameterCount)
    try spread(weights.statistics, count: layout.statisticCount)
    if let state { try spread(state.dense, count: state.optimizer.slots.count * layout.parameterCount) }
  }
}
