import IO
import LCFT
import Models

// Tensors that are in memory, put where a checkpoint's file is read to.

extension [StoredTensor] {
  /// Copies a checkpoint's `tensors` of `group` to where they belong. Throws `CheckpointMismatch` unless they are exactly
  /// these; `file` names the checkpoint in errors.
  func load(_ tensors: [NamedTensor], group: String, file: String) throws {
    let outlines = tensors.map { TensorOutline(group: group, name: $0.name, shape: $0.shape) }
    for (stored, target) in zip(self, try targets(outlines, group: group, file: file)) {
      guard let tensor = tensors.first(where: { $0.name == stored.name }) else { continue }
      withExtendedLifetime(stored) { target.values.update(from: tensor.values, count: tensor.values.count) }
    }
  }
}

extension Weights {
  /// Copies a checkpoint's tensors into the weights.
  func load(_ checkpoint: Checkpoint, file: String) throws {
    try denseTensors.load(checkpoint.dense, group: "dense", file: file)
    try embeddingTensors.load(checkpoint.embeddings, group: "embeddings", file: file)
  }
}
