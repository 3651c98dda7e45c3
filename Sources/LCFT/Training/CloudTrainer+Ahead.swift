import Models

/// The step of the tables' rows, table by table.
struct TableStep {
  let gradients: UnsafeMutablePointer<RowGradients>
  let update: Optimizer.Step
  /// The next table.
  var table = 0
}

// What a rank does while it waits for others in the sums of a step. All of it would come later in the step, or at the
// beginning of the next, so that a wait of as much time costs none. It has the same bits whenever it is done.
extension CloudTrainer {
  /// How far a step has come.
  struct Ahead {
    /// Whether the backward pass is over, and what it leaves for later known.
    var backwardIsDone = false
    /// Nil until the rows' gradients are known.
    var rows: TableStep?
  }

  /// A piece of what must be done first: gradients that the backward pass has left for later, the rank's own additions of
  /// dense gradients, the step of the rows of one table, the next batch. False where there is nothing. Most pieces
  /// take microseconds, the step of a large table or the features of a batch more: until its end nothing of the sum goes on.
  func workAhead() -> Bool {
    let start = clock.now()
    let worked =
      deferredGradients() || (ahead.backwardIsDone && vector.addOwn(along: tree)) || stepTable()
      || batches.advance()
    if worked { waiting.worked(clock.now() - start) }
    return worked
  }

  /// Adds some of the gradients that the backward pass has left for later. False where nothing is left.
  func deferredGradients() -> Bool { pass.deferred?.advance(pass) ?? false }

  /// Steps this rank's part of the rows of the next table. False where there is none.
  func stepTable() -> Bool {
    guard let step = ahead.rows, step.table < model.layout.tables.count else { return false }
    penalize(step.table, step.gradients[step.table])
    stepRows(step.table, step.gradients[step.table], step.update)
    ahead.rows?.table += 1
    return true
  }
}
