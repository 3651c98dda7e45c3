import Dist
import Models

extension CloudTrainer {
  /// Brings every host's users' rows, and what the optimiser keeps for them, to every host, so that all hold the whole
  /// model, unless each host has its own users' rows only. Collective.
  package func shareUserRows() throws {
    guard weights.held == nil else { return }
    let start = clock.now()
    defer { clock.end(.shareUsers, since: start) }
    try RowOwners(map, shards).share(
      weights.embeddingTensors + state.tensors(for: weights), communicator, node: node)
  }
}
