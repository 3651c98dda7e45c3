import IO
import LCFT
import Support

extension Session {
  /// Runs a training and reports its progress; `name` is printed before the epoch's number. Returns where it ends, and
  /// warns where its loss is out of all proportion: then its learning rate, the setting `rate`, is too high. Collective.
  func follow(
    _ run: TrainingRun, from position: TrainingPosition, epochs: Int, name: String,
    rate: String? = "training.learning_rate"
  ) throws -> TrainingPosition {
    var (task, evaluation): (ProgressTask?, ProgressTask?)
    var stepsPerEpoch = 0
    var recent = Double.nan
    var followed = run
    followed.report = { [self] event in
      switch event {
      case .epochBegins(let epoch, let done, let steps):
        (stepsPerEpoch, recent) = (steps, .nan)
        task = progress.start(
          "\(name) \(epoch + 1)/\(epochs)", unit: "steps", total: Double(steps), earlier: Double(done))
      case .stepEnds(_, let step, let loss):
        recent = recent.isNaN ? loss : 0.98 * recent + 0.02 * loss
        task?.update(Double(step), measures: [ProgressMeasure("loss", recent, digits: 4)])
      case .epochEnds(let epoch, let loss):
        task?.finish(Double(stepsPerEpoch), measures: [ProgressMeasure("mean loss", loss, digits: 5)])
        tell(try rankTimes(of: run.trainer.timing), of: "\(name) \(epoch + 1)/\(epochs)")
      case .evaluationBegins(let steps, let samples):
        evaluation = progress.start(
          "validation after step \(steps)", unit: "samples", total: Double(samples))
      case .evaluationGoesOn(let samples): evaluation?.update(Double(samples))
      case .evaluationEnds(let found, let samples, let isBest):
        evaluation?.finish(Double(samples), measures: found.measures, note: isBest ? "the best so far" : "")
      }
    }
    let end = try followed.run(from: position)
    if let rate, let loss = end.losses.last, let constant = run.constantLoss(farBelow: loss) {
      say(
        "warning: the mean loss of the last epoch is \(text(loss, 2)), where predicting the global CTR for every sample has "
          + "\(text(constant, 3)): the model has learned nothing; lower \(rate)")
    }
    return end
  }

  /// The message of a stopped training: where it is kept and how to resume it.
  func stopHint(_ what: String) -> String {
    "\(folder.path) holds the \(what) so far; give the same command with --resume to continue it"
  }
}

extension Checkpoint.Evaluation {
  /// What is known of it.
  fileprivate var measures: [ProgressMeasure] {
    [("user AUC", userAUC), ("log loss", logLoss), ("calibration", calibration)].compactMap { name, value in
      value.map { ProgressMeasure(name, $0, digits: 5) }
    }
  }
}
