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
    let (batch, dropout) = take(step, done: done)
    pass.dropout = dropout
    let count = batches.order.schedule.samples(ofStep: step)
    time = clock.end(.assemble, since: time)
    try fetchRows()
    time = clock.end(.tableRows, since: time)
    pass.submodel = builder.submodel(of: weights, in: arena)
    pass.keptStatistics = job.training.movingAverage.kept(step: done + 1)
    vector.clear()

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
    ahead.backwardIsDone = true
    let gradients = try tableGradients()
    time = clock.end(.tableSums, since: time)
    while deferredGradients() {}
    time = clock.end(.backward, since: time)
    // Every rank of the host had copied its rows when it gave its part of the rows' sum: they may be stepped from now on.
    let rows = TableStep(gradients: gradients, update: update)
    ahead.rows = job.training.stepsRowsAhead ? rows : nil
    try waiting.measure { try vector.sum(over: tree) }
    time = clock.end(.denseSum, since: time)
    if job.training.gradientClip != nil {
      time = try clip(gradients, since: time)
    } else {
      job.training.regularization.addPenalty(model.layout, weights.dense, to: vector.gradients)
    }
    ahead.rows = ahead.rows ?? rows
    while stepTable() {}
    ahead.rows = nil
    let dense = model.layout.parameterCount
    update.apply(weights.dense, vector.gradients, state: state.dense, stride: dense, count: dense)
    clock.end(.update, since: time)
    ahead.backwardIsDone = false
    try waiting.measure { try node?.barrier() }
    timing.toHosts = timing.toHosts + (hosts.traffic - before)
    return (vector.loss / Double(count), vector.requests)
  }

  /// The batch of step `step`. From now on the next one is assembled where this rank waits.
  private func take(_ step: Int, done: Int) -> (Batch, DropoutDraw?) {
    let number = earlier.steps + done + 1
    let own = batches.take(step: step, number: number)
    if step + 1 < stepsPerEpoch { batches.expect(step: step + 1, number: number + 1) }
    return (own.batch, own.dropout)
  }

  /// Brings the rows of the batch that this host does not have. Collective.
  private func fetchRows() throws {
    guard let shared else { return }
    shared.fetch.requests.removeAll()
    builder.request(shared.tables, shared.fetch.requests)
    try waiting.measure { try shared.fetch.fetch() }
  }
}
