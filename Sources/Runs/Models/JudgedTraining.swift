import Dist
import IO
import LCFT
import Models
import Support

/// The job's cloud training on a data set. Where the job has a validation, the last samples of each user are held out of
/// it, the model is judged on them as it is trained, and the best one is kept. Every function is collective.
struct JudgedTraining {
  let trainer: CloudTrainer
  let store: ModelStore
  private let session: Session
  private let inputs: Inputs
  /// The checkpoint of the best model.
  private let best: String
  private let evaluator: CloudEvaluator?

  private var rule: Job.Validation { inputs.job.validation }

  /// Of weights that are still zero. Throws `RunError.nothingToJudgeBy`.
  init(_ session: Session, _ inputs: Inputs, on dataset: Dataset, best: String) throws {
    self.session = session
    self.inputs = inputs
    self.best = best
    store = ModelStore(session: session, inputs: inputs)
    guard let share = inputs.job.validation.last else {
      trainer = try store.newTrainer(on: dataset)
      evaluator = nil
      return
    }
    try JudgedTraining.check(dataset, inputs)
    let cut = try session.sharing.once { try dataset.holdingOut(share, in: $0) }
    let all = counted(dataset.train.count, "training sample")
    session.say(
      "validation: \(cut.test.count) of \(all) are held out, the last \(share) of each user's; the cloud model is trained "
        + "on \(cut.train.count)")
    trainer = try store.newTrainer(on: cut)
    evaluator = CloudEvaluator(trainer)
  }

  /// Throws where the job has a validation and what `dataset` lets hold out tells nothing; `cut` is the fold of a search
  /// that trains on what the fold leaves.
  static func check(
    _ dataset: Dataset, _ inputs: Inputs, leftBy cut: (share: Double, fold: Int)? = nil
  ) throws {
    guard let share = inputs.job.validation.last else { return }
    let metric = inputs.job.validation.metric
    let parts = dataset.validated(share, leftBy: cut)
    guard
      metric == .logLoss
        ? parts.contains(where: { !$0.isEmpty }) : parts.contains(where: dataset.hasBothClasses)
    else {
      throw RunError.nothingToJudgeBy(
        file: inputs.dataPath, last: share, metric: metric.rawValue)
    }
  }

  /// Throws where the best model of a training that has come to `progress` is not the checkpoint `best`.
  static func checkBest(_ best: String, _ progress: Checkpoint.Progress, _ store: ModelStore) throws {
    guard let place = store.inputs.job.validation.best(of: progress.evaluations) else { return }
    let outline = try CheckpointFile.readOutline(best)
    try store.check(outline, file: best)
    let steps = progress.evaluations[place].step
    // A later one is of what a kill has undone, and comes again.
    guard outline.progress.step >= steps else {
      throw CheckpointMismatch.otherBest(file: best, step: outline.progress.step, wanted: steps)
    }
  }

  /// Judges `run`, and keeps the best model with the name of its `catalogue` and the model it began with.
  func judge(
    _ run: inout TrainingRun, catalogue: Checkpoint.CatalogueName? = nil, parent: Checkpoint.Parent? = nil,
    lastGood: @escaping () -> String
  ) {
    guard let evaluator else { return }
    var judging = TrainingRun.Judging(evaluator, rule)
    judging.keepBest = { position in
      // The training goes on from other checkpoints: this one needs no state of the optimiser.
      try store.write(
        trainer, position, optimizer: false, catalogue: catalogue, parent: parent, to: best,
        lastGood: lastGood())
    }
    run.judging = judging
  }

  /// The model that a training which has ended at `end` is done for: its best one, which the trainer's weights then are,
  /// or else its last one, the checkpoint `path` with the content `digest`, where those are asked for.
  func model(at end: TrainingPosition, path: String = "", digest: String = "") throws -> CloudModel {
    var model = CloudModel(weights: trainer.weights, path: path, digest: digest, losses: end.losses)
    guard let place = rule.best(of: end.evaluations) else { return model }
    model.evaluations = end.evaluations
    model.best = place
    model.path = best
    let found = end.evaluations[place]
    model.digest = try store.load(best, into: trainer.weights) {
      guard $0.progress.step == found.step else {
        throw CheckpointMismatch.otherBest(file: best, step: $0.progress.step, wanted: found.step)
      }
    }.digest
    let early = rule.ends(after: end.evaluations)
    session.say(
      "best cloud model: \(JudgedTraining.text(found)), after epoch \(found.epoch), step \(found.step); it is \(best)"
        + (early
          ? "; the training ended early, \(counted(end.evaluations.count - 1 - place, "evaluation")) later"
          : ""))
    return model
  }

  private static func text(_ evaluation: Checkpoint.Evaluation) -> String {
    "user AUC \(text(evaluation.userAUC ?? .nan, 4)), log loss \(text(evaluation.logLoss, 4))"
  }

  private static func text(_ value: Double, _ digits: Int) -> String { Support.text(value, digits) }
}
