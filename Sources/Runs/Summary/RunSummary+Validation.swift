import IO

extension RunSummary.CloudTraining {
  /// What is known of `model` without its training's times.
  init(_ model: CloudModel) {
    self.init(loss: model.losses)
    guard !model.evaluations.isEmpty else { return }
    validation = model.evaluations.map(RunSummary.Evaluation.init)
    best = model.best.map { RunSummary.Evaluation(model.evaluations[$0]) }
  }
}

extension RunSummary.Evaluation {
  init(_ evaluation: Checkpoint.Evaluation) {
    self.init(
      epoch: evaluation.epoch, step: evaluation.step, userAUC: evaluation.userAUC?.finite,
      logloss: evaluation.logLoss.finite, calibration: evaluation.calibration?.finite)
  }
}
