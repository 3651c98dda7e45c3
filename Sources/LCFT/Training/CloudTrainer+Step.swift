import Dist
import Models

extension CloudTrainer {
  /// One step on the whole batch's mean loss, which it returns with all ranks' requests. Collective.
  func step(_ step: Int, _ update: Optimizer.Step) throws -> (loss: Double, requests: StepRequests) {
    var time = clock.now()
    arena.reset()
    let batch = batch(step)
    let count = order.schedule.samples(ofStep: step)
    pass.submodel = builder.submodel(of: weights, in: arena)
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
    time = clock.end(.denseSum, since: time)
    let dense = model.layout.parameterCount
    update.apply(weights.dense, vector.gradients, state: state.dense, stride: dense, count: dense)
    clock.end(.update, since: time)
    for index in model.layout.tables.indices { try stepTable(index, update) }
    try waiting.measure { try node?.barrier() }
    return (vector.loss / Double(count), vector.requests)
  }

  /// This rank's part of a step's batch, in local ids.
  private func batch(_ step: Int) -> Batch {
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
    builder.begin()
    for shard in 0..<owned.count {
      builder.beginShard()
      builder.note(batch, shard: shard)
      builder.finishShard()
      builder.localize(batch, shard: shard)
    }
    return batch
  }

  /// Steps the rows of a table that the batch touches: users' by this rank's own gradients, those of items
  /// and values by the sums over all ranks'.
  private func stepTable(_ index: Int, _ update: Optimizer.Step) throws {
    let table = model.layout.tables[index]
    let touched = builder.rows(table.space)
    let gradients = pass.submodel.tables[index].gradients
    var time = clock.now()
    guard let sum = tableSums[index] else {
      update.apply(
        table: weights.tables[index], rows: touched.rows, count: touched.partition.count,
        width: table.width, gradients, state: state.tables[index], stride: state.tableSizes[index])
      clock.end(.update, since: time)
      return
    }
    let rows = touchedRows[index]
    rows.removeAll()
    for shard in 0..<owned.count {
      let range = touched.partition.rows(ofShard: shard)
      let list = UnsafeBufferPointer(start: touched.rows + range.lowerBound, count: range.count)
      rows.appendList(list, values: gradients + range.lowerBound * table.width)
    }
    try waiting.measure { try sum.sum(rows) }
    time = clock.end(.tableSums, since: time)
    guard let ids = sum.result.ids.baseAddress, let summed = sum.result.values.baseAddress else { return }
    let own = ownPart(of: sum.result.count)
    update.apply(
      table: weights.tables[index], rows: ids + own.lowerBound, count: own.count, width: table.width,
      summed + own.lowerBound * table.width, state: state.tables[index], stride: state.tableSizes[index])
    clock.end(.update, since: time)
  }

  /// Which of `count` summed rows this rank steps.
  private func ownPart(of count: Int) -> Range<Int> {
    guard let node else { return 0..<count }
    return count * node.rank / node.size..<count * (node.rank + 1) / node.size
  }
}
