import IO
import Models

extension WarmStart {
  /// A tensor of the new model.
  private struct Part {
    /// `/`, or `/optimizer/SLOT/`.
    var group = "/"
    var isDense: Bool
    var name: String
    var tensor: StoredTensor
    /// By `RowSpace.index`, of a table; nil for all others.
    var space: Int?

    /// Where a checkpoint has it.
    var path: String { group + (isDense ? "dense/\(name)" : "embeddings/\(name)") }

    /// Where the same table lies if it is a dense weight in one model and an embedding table in the other
    /// (`ModelFeatures.isDense`).
    var otherPath: String {
      guard space != nil else { return path }
      return group + (isDense ? "embeddings/\(name.dropLast("/weight".count))" : "dense/\(name)/weight")
    }
  }

  /// Fills `weights` and `state`, whose tables this rank alone writes, from `checkpoint`, whole. Throws
  /// `CheckpointMismatch` where a tensor is missing, has another shape or belongs to no part of the model.
  package mutating func fill(_ weights: Weights, _ state: OptimizerState, from checkpoint: Checkpoint) throws
  {
    weights.initialize(seed: seed, embeddings: embeddings)
    var found: [String: NamedTensor] = [:]
    for (group, tensors) in [
      ("dense", checkpoint.dense), ("embeddings", checkpoint.embeddings), ("optimizer", checkpoint.optimizer),
    ] {
      for tensor in tensors { found["/\(group)/\(tensor.name)"] = tensor }
    }
    var trained: Set<Int> = []
    for part in parts(weights) {
      let tensor = try take(part, from: &found)
      guard let space = part.space, let match = matches[space] else { continue }
      if choice.newRows == .average { average(part.tensor, of: tensor, match) }
      if match.keepsUnknown, let row = match.earlierUnknown, !isMean(row: row, of: tensor) {
        trained.insert(space)
      }
    }
    if choice.optimizer == .kept {
      for part in parts(state, of: weights) { _ = try take(part, from: &found) }
    } else {
      found = found.filter { !$0.key.hasPrefix("/optimizer/") }
    }
    if let extra = found.keys.min() { throw CheckpointMismatch.unexpected(file: file, tensor: extra) }
    setRows(trained: trained)
  }

  // The parts.

  private func parts(_ weights: Weights) -> [Part] {
    let layout = weights.layout
    return weights.denseTensors.enumerated().map { index, tensor in
      Part(isDense: true, name: tensor.name, tensor: tensor, space: denseSpace(index, layout))
    }
      + weights.embeddingTensors.enumerated().map { index, tensor in
        Part(isDense: false, name: tensor.name, tensor: tensor, space: layout.tables[index].space.index)
      }
  }

  private func parts(_ state: OptimizerState, of weights: Weights) -> [Part] {
    let layout = weights.layout
    let dense = layout.parameters.count
    let tensors = state.tensors(for: weights)
    let perSlot = dense + layout.tables.count
    return tensors.enumerated().map { index, tensor in
      let (slot, place) = (state.optimizer.slots[index / perSlot], index % perSlot)
      let group = "/optimizer/\(slot)/"
      if place < dense {
        return Part(
          group: group, isDense: true, name: layout.parameters[place].name, tensor: tensor,
          space: denseSpace(place, layout))
      }
      let table = layout.tables[place - dense]
      return Part(
        group: group, isDense: false, name: table.name, tensor: tensor, space: table.space.index)
    }
  }

  /// The row space of a dense tensor; moving statistics, which follow the weights, have none.
  private func denseSpace(_ index: Int, _ layout: ModelLayout) -> Int? {
    guard index < layout.parameters.count else { return nil }
    let offset = layout.parameters[index].offset
    return layout.denseTables.first { $0.offset == offset }?.space.index
  }

  // Values.

  /// Copies the earlier tensor of `part`, or the rows of it that are matched, and returns it. New rows stay as they are.
  private func take(_ part: Part, from found: inout [String: NamedTensor]) throws -> NamedTensor {
    let path = found[part.path] == nil ? part.otherPath : part.path
    guard let tensor = found.removeValue(forKey: path) else {
      throw CheckpointMismatch.missing(file: file, tensor: part.path)
    }
    let match = part.space.flatMap { matches[$0] }
    var wanted = part.tensor.shape
    if let match { wanted[0] = match.earlierRows }
    guard tensor.shape == wanted else {
      throw CheckpointMismatch.shape(file: file, tensor: path, found: tensor.shape, wanted: wanted)
    }
    tensor.values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress else { return }
      guard let match else { return part.tensor.values.update(from: from, count: values.count) }
      let width = wanted[1]
      for (row, source) in match.sources.enumerated() where source >= 0 {
        (part.tensor.values + row * width).update(from: from + Int(source) * width, count: width)
      }
    }
    return tensor
  }

  /// Gives the new rows of a table the earlier table's unknown row, or the mean of its rows where it has none.
  private func average(_ table: StoredTensor, of earlier: NamedTensor, _ match: RowMatch) {
    let width = earlier.shape[1]
    earlier.values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress, match.sources.contains(-1) else { return }
      var start = [Float](repeating: 0, count: width)
      if let row = match.earlierUnknown {
        for column in 0..<width { start[column] = from[row * width + column] }
      } else {
        MeanRow.write(of: from, rows: match.earlierRows, width: width, to: &start)
      }
      for (row, source) in match.sources.enumerated() where source < 0 {
        (table.values + row * width).update(from: start, count: width)
      }
    }
  }

  /// Whether the unknown row `row`, a table's last one, is the mean of the rows before it, which a training sets it to
  /// where no sample touches it (`CloudTrainer.setUnseenRows`).
  private func isMean(row: Int, of table: NamedTensor) -> Bool {
    let width = table.shape[1]
    return table.values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress else { return true }
      var mean = [Float](repeating: 0, count: width)
      MeanRow.write(of: from, rows: row, width: width, to: &mean)
      return (0..<width).allSatisfy { mean[$0].bitPattern == from[row * width + $0].bitPattern }
    }
  }
}
