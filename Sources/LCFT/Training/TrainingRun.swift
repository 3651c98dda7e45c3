import Dist
import Support

/// A training from where it stands to its last epoch, with checkpoints on the way and an orderly end at a
/// signal.
package struct TrainingRun {
  package let trainer: CloudTrainer
  private let communicator: any Communicator
  private let epochs: Int
  private let settings: Job.Training

  /// Writes a checkpoint within an epoch; called on all ranks, which hold the whole model. Without it a
  /// training that is stopped starts again.
  package var save: ((TrainingPosition) throws -> Void)?
  /// Called on all ranks after each epoch, when they hold the whole model.
  package var afterEpoch: (TrainingPosition) throws -> Void = { _ in }
  /// Called on all ranks as the training proceeds: before `save` and `afterEpoch` of the same step.
  package var report: (TrainingProgress) throws -> Void = { _ in }
  /// Judges the model as it is trained, and may end the training early; nil: nothing does.
  package var judging: Judging?
  /// Names the checkpoint that a diverged training may be resumed from.
  package var lastCheckpoint: () -> String = { "" }
  /// Says where a stopped training is kept.
  package var stopHint = "the training starts again with the same command"

  /// Trains `epochs` epochs in all. `settings` say how often to write checkpoints.
  package init(
    _ trainer: CloudTrainer, epochs: Int, settings: Job.Training = Job.Training(),
    communicator: any Communicator = SoloCommunicator()
  ) {
    self.trainer = trainer
    self.communicator = communicator
    self.epochs = epochs
    self.settings = settings
  }

  /// Trains from `start` on and returns where the training ends: after its last epoch, or where it does not get better.
  ///
  /// Throws, on every rank alike, `TrainingError.diverged`, and `Stopped` after a checkpoint where a rank was
  /// asked to stop.
  @discardableResult
  package func run(from start: TrainingPosition = TrainingPosition()) throws -> TrainingPosition {
    var position = start
    var lastSave = steadySeconds()
    let patience = communicator.rank == 0 ? 60 * settings.checkpointMinutes : 0
    trainer.requests = {
      var requests: StepRequests = StopRequest.isPending ? .stop : []
      if patience > 0, steadySeconds() - lastSave > patience { requests.insert(.checkpoint) }
      return requests
    }
    defer { trainer.requests = { [] } }
    while position.epoch < epochs, !isEnded(position) {
      let epoch = position.epoch
      let steps = trainer.stepsPerEpoch
      try report(.epochBegins(epoch: epoch, done: position.step, steps: steps))
      var stops = false
      let loss: Double
      do {
        loss = try trainer.train(from: position, lastCheckpoint: lastCheckpoint) { step, loss, requests in
          try report(.stepEnds(epoch: epoch, step: step, loss: loss))
          stops = requests.contains(.stop)
          // The end of an epoch is kept by whoever asked for the training.
          guard step < steps else { return }
          position.step = step
          let done = epoch * steps + step
          if judging?.isDue(steps: done) == true { try evaluate(&position) }
          let isDue = settings.checkpointSteps.map { done % $0 == 0 } ?? false
          let ends = isEnded(position)
          if let save, isDue || ends || !requests.isEmpty {
            try keepShardLosses(&position)
            try save(position)
            lastSave = steadySeconds()
          }
          if ends { throw EarlyEnd() }
          if stops { throw Stopped(hint: stopHint) }
        }
      } catch is EarlyEnd {
        break
      }
      try report(.epochEnds(epoch: epoch, loss: loss))
      position = TrainingPosition(losses: position.losses + [loss], evaluations: position.evaluations)
      try trainer.shareUserRows()
      try trainer.setUnseenRows()
      try evaluate(&position)
      try afterEpoch(position)
      lastSave = steadySeconds()
      if stops { throw Stopped(hint: stopHint) }
    }
    return position
  }
}
