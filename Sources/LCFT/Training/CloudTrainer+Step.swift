import Dist
import Models

extension CloudTrainer {
  /// One step on the whole batch's mean loss, which it returns with all ranks' requests, after `done` steps of the
  /// training. Collective.
  func step(
    _ step: Int, done: Int, _ update: Optimizer.Step
  ) throws -> (loss: Double, requests: StepRequests) {
    let before = hosts.traffic
    var time = clock.now()
    arena.reset()
    let batch = batch(step, done: done)
    let count = order.schedule.samples(ofStep: step)
    time = clock.end(.assemble, since: time)
    try fetchRows()
    time = clock.end(.tableRows, since: time)
    pass.submodel = builder.submodel(of: weights, in: arena)
    pass.keptStatistics = job.training.movingAverage.kept(step: done + 1)
    vector.clear()
    time = clock.end(.assemble, since: time)

    let logits = try model.forward(batch, pass)
    let dlogits = Matrix(batch.partition, columns: 1, in: arena)
    let losses = arena.take(owned.count, of: Double.self)
    job.loss.evaluate(logits, labels: batch.labels, batchCount: count, sums: losses, dlogits: dlogits)
    time = clock.end(.forward, since: time)
    try model.backward(dlogits, batch, pass)
    time = clock.end(.backward, since: time)

    for index in 0..<owned.count {
      epochLosses[index] += losses[index]
      vector.setLoss(losses[index], ofShard: index)
    }
    vector.setRequests(requests())
    try waiting.measure { try vector.sum(over: tree) }
    clock.end(.denseSum, since: time)
    let gradients = try tableGradients()
    try regularize(gradients)
    time = clock.now()
    let dense = model.layout.parameterCount
    update.apply(weights.dense, vector.gradients, state: state.dense, stride: dense, count: dense)
    for index in 0..<model.layout.tables.count { stepRows(index, gradients[index], update) }
    clock.end(.update, since: time)
    try waiting.measure { try node?.barrier() }
    timing.toHosts = timing.toHosts + (hosts.traffic - before)
    return (vector.loss / Double(count), vector.requests)
  }

  /// Brings the rows of the batch that this host does not have. Collective.
  private func fetchRows() throws {
    guard let shared else { return }
    shared.fetch.requests.removeAll()
    builder.request(shared.tables, shared.fetch.requests)
    try waiting.measure { try shared.fetch.fetch() }
  }

  /// This rank's part of a step's batch, in local ids.
  private func batch(_ step: Int, done: Int) -> Batch {
    order.begin(step: step)
    let offsets = arena.take(owned.count + 1, of: Int.self)
    offsets[0] = 0
    for index in 0..<owned.count { offsets[index + 1] = offsets[index] + order.entries(index: index).count }
    let references = arena.take(offsets[owned.count], of: SampleReference.self)
    let items = dataset.train.item.pointer
    let positions = dataset.train.eventPosition.pointer
    let bits = dataset.train.label.pointer
    for index in 0..<owned.count {
      for (i, entry) in order.entries(index: index).enumerated() {
        let row = Int(entry & 0xFFFF_FFFF)
        let user = Int(entry >> 32)
        var reference = SampleReference(
          user: Int32(user), item: items[row], eventPosition: positions[row], label: Float(bits[row]),
          row: row)
        if let labels { reference.label = labels[user].label(of: reference.label) }
        references[offsets[index] + i] = reference
      }
    }
    let batch = assembler.assemble(
      references, RowPartition(offsets: offsets, shards: owned.count), in: arena)
    pass.dropout = dropout(references, count: batch.partition.count, done: done)
    builder.begin()
    for shard in 0..<owned.count {
      builder.beginShard()
      builder.note(batch, shard: shard)
      builder.finishShard()
      builder.localize(batch, shard: shard)
    }
    return batch
  }

  /// What a step's pass drops; nil where it drops nothing.
  private func dropout(
    _ references: UnsafePointer<SampleReference>, count: Int, done: Int
  ) -> DropoutDraw? {
    guard job.training.dropout > 0 else { return nil }
    let rows = arena.take(count, of: Int.self)
    for b in 0..<count { rows[b] = references[b].row }
    return DropoutDraw(
      rate: job.training.dropout, seed: job.seed, step: earlier.steps + done + 1, samples: rows)
  }
}
