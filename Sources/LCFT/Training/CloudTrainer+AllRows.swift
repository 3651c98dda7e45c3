import Models

/// Steps in which all rows of the tables move (`Job.Training.EmbeddingRows.all`).
extension CloudTrainer {
  /// The rows of a table that this rank steps: of users those of its shards, of items and values a part of those that
  /// the host has, whose other parts its other ranks step.
  func steppedRows(ofTable index: Int) -> Range<Int> {
    if model.layout.tables[index].space == .user { return shards.users(ofShards: owned) }
    return hosts.part(of: weights.heldRows(ofTable: index))
  }

  /// Steps this rank's rows of a table that the batch does not touch: by what their moments and their penalty make of a
  /// gradient of 0. The bound of the gradient's norm is for the rows that the batch touches.
  func stepUntouchedRows(_ index: Int, _ gradients: RowGradients, _ update: Optimizer.Step) {
    let stepped = steppedRows(ofTable: index)
    var next = stepped.lowerBound
    for place in gradients.own {
      let row = Int(gradients.rows[place])
      step(rows: next..<row, ofTable: index, update)
      next = row + 1
    }
    step(rows: next..<stepped.upperBound, ofTable: index, update)
  }

  private func step(rows: Range<Int>, ofTable index: Int, _ update: Optimizer.Step) {
    let width = model.layout.tables[index].width
    var start = rows.lowerBound * width
    let penalty = Float(job.training.regularization.embeddings)
    while start < rows.upperBound * width {
      let count = min(CloudTrainer.untouchedAtATime, rows.upperBound * width - start)
      let own = weights.tables[index] + start
      if penalty > 0 {
        for i in 0..<count { untouchedGradients.floats[i] = penalty * own[i] }
      }
      update.apply(
        own, untouchedGradients.floats, state: state.tables[index] + start, stride: state.tableSizes[index],
        count: count)
      start += count
    }
  }
}
