import Dist
import Foundation
import IO
import LCFT
import Models
import Studies
import Support

/// What the searches have in common: every user fine-tuned on the first part of the training samples at every
/// point of a plan and scored on the last part.
///
/// A search starts from the cloud model of a checkpoint, or else from one trained for it on the samples that
/// are not held out: a cloud model that was trained on all training samples has seen the held-out labels, and
/// its scores there say little about future samples. Outcomes are kept in a journal, the trained model in its
/// own checkpoint, until the tables are written. Every function is collective.
struct HeldOutSearch {
  let session: Session
  let inputs: Inputs
  let plan: SearchPlan
  /// The cloud model to start from instead of one trained without the held-out samples.
  let checkpoint: String?
  let journalPath: String
  /// Which of a choice's folds it is; nil: the last part is held out, once.
  var fold: Int?

  private var job: Job { inputs.job }
  /// The newest checkpoint of its own training, and the best model of a validated one.
  private var latest: String {
    fold.map { session.folder.latestStep(ofFold: $0) } ?? session.folder.latestSearchStep
  }
  private var best: String { fold.map { session.folder.best(ofFold: $0) } ?? session.folder.bestOfSearch }
  private var name: String { fold.map { "fold \($0) of \(job.search.choice.folds)" } ?? "search" }

  struct Outcome {
    let scores: SearchScores
    /// Whose they are: rows of the data set.
    let users: [Int]
    let origin: SearchOrigin
    let journal: WorkJournal
  }

  func check() throws {
    guard inputs.dataset.train.count > 0 else { throw TrainingError.noSamples }
    if checkpoint == nil { try job.training.check(samples: inputs.dataset.train.count) }
    try checkFold()
    try session.check(disk: disk)
    guard job.training.epochs > 0 || checkpoint != nil else { throw TrainingError.noEpochs }
    guard checkpoint == nil else {
      let loading = LoadCloudModel(session, inputs, path: checkpoint)
      try loading.check()
      return try checkJournal(cloudModel: loading.statedDigest())
    }
    // What hard correction has in later folds comes of the first one.
    if fold ?? 1 == 1 { try checkJournal(cloudModel: SearchOrigin.ownModel) }
    guard try session.keeps(latest) else { return }
    let store = ModelStore(session: session, inputs: inputs)
    try store.checkResumable(latest) {
      try checkHoldout(of: $0)
      try JudgedTraining.checkBest(best, $0.progress, store)
    }
  }

  /// Throws where a fold of a choice has nothing to judge by.
  private func checkFold() throws {
    guard let fold else { return }
    let (choice, holdout) = (job.search.choice, job.search.holdout)
    try session.communicator.collectively {
      guard inputs.dataset.canJudge(holdout, fold: fold) else {
        throw RunError.noUsersInFold(
          file: inputs.dataPath, fold: fold, folds: choice.folds, holdout: holdout)
      }
    }
  }

  /// Throws where an interrupted search has left outcomes of other settings. `digest` is the cloud model's; nil: not
  /// known yet.
  private func checkJournal(cloudModel digest: String?) throws {
    try session.check(
      journal: journalPath, are: settings(cloudModel: digest ?? ""), cloudModelIsKnown: digest != nil)
  }

  /// What a search takes on the disk while it runs; its tables are small.
  private var disk: [(name: String, bytes: Int)] {
    // The AUC of a user at each point, the user's number, and the record's head.
    let journal = [("the search's outcomes", inputs.dataset.users.count * (12 + 8 * plan.points.count))]
    // The model once more while it is written anew.
    let model = [("the search's model", 2 * (inputs.estimate?.checkpointBytes ?? 0))]
    // Those of folds are part of the run's estimate.
    return checkpoint == nil && fold == nil ? model + journal : journal
  }

  /// Throws where the finished table `path` is of another search: it is not replaced unasked. `read` returns the
  /// table's origin and what a search of its kind tries for a job.
  func checkFinished(
    _ path: String, _ read: (String) throws -> (origin: SearchOrigin, plan: (Job) -> SearchPlan)
  ) throws {
    guard try session.keeps(path) else { return }
    try session.communicator.collectively {
      guard session.leads else { return }
      let (origin, planned) = try read(path)
      try inputs.checkDataset(origin.datasetDigest, of: path)
      guard (origin.checkpointDigest == SearchOrigin.ownModel) == (checkpoint == nil) else {
        throw RunError.otherResults(file: path, what: "cloud model")
      }
      let earlier = try Job.parse(origin.job, file: "\(path):/job")
      try Journal.check(
        earlier.searchSettings + [HeldOutSearch.searched(planned(earlier))],
        are: job.searchSettings + [HeldOutSearch.searched(plan)], file: path)
    }
  }

  /// What `run` would do; `files` are its command's.
  func preview(writes files: [String]) throws -> RunPreview {
    let start =
      checkpoint == nil
      ? RunPreview(
        work: [
          "train \(job.model.name) without the held-out samples, \(counted(job.training.epochs, "epoch"))"
        ])
      : try LoadCloudModel(session, inputs, path: checkpoint).preview()
    let own = [
      "fine-tune every user at \(counted(plan.points.count, "point")) and score the held-out samples"
    ]
    let parts = fold == nil ? "" : "\(name): "
    return RunPreview(
      reads: start.reads, work: (start.work + own).map { parts + $0 }, writes: start.writes + files,
      disk: disk)
  }

  func run() throws -> Outcome {
    let cut = try session.sharing.once {
      try inputs.dataset.holdingOut(job.search.holdout, fold: fold ?? 1, in: $0)
    }
    let given = try checkpoint.map { try LoadCloudModel(session, inputs, path: $0).run() }
    let weights = try given?.weights ?? trainModel(on: cut)
    let run = SearchRun(
      job: job, dataset: cut, weights: weights, points: plan.points, communicator: session.communicator)
    guard run.users.count > 0 else {
      throw RunError.noHeldOutUsers(file: inputs.dataPath, holdout: job.search.holdout)
    }
    session.say(
      "\(name): \(counted(plan.points.count, "point")) on \(counted(run.users.count, "user")), the last samples held out"
    )
    let cloudDigest = given?.digest ?? SearchOrigin.ownModel
    let journal = WorkJournal(journalPath, settings(cloudModel: cloudDigest))
    let scores = try run.run(
      name: name, progress: session.progress, journal: session.leads ? journal : nil)
    var origin = SearchOrigin()
    origin.model = job.model.name
    origin.datasetDigest = inputs.datasetDigest
    origin.checkpointDigest = cloudDigest
    origin.holdout = job.search.holdout
    origin.users = run.users.count
    origin.oneClass = run.oneClass
    origin.tooFew = run.tooFew
    origin.job = job.text
    return Outcome(scores: scores, users: run.users, origin: origin, journal: journal)
  }

  /// The tables are written: removes what a search keeps while it runs; the journal last, by which a search that was
  /// stopped here is known.
  func end(_ journal: WorkJournal) throws {
    for path in [latest, best] { try FileStatus.remove(path) }
    try journal.remove()
  }

  /// What a search's outcomes depend on.
  private func settings(cloudModel: String) -> Journal.Settings {
    inputs.contentSettings(cloudModel: cloudModel) + job.searchSettings + [HeldOutSearch.searched(plan)]
  }

  private static func searched(_ plan: SearchPlan) -> (name: String, value: String) {
    ("what is searched", plan.points.map(\.description).joined(separator: "; "))
  }

  /// The cloud model of the training samples `cut`.
  private func trainModel(on cut: Dataset) throws -> Weights {
    let training = try JudgedTraining(session, inputs, on: cut, best: best)
    let (store, trainer) = (training.store, training.trainer)
    var position = TrainingPosition()
    if try session.keeps(latest) {
      position = try store.resume(
        trainer, from: latest, epochs: job.training.epochs, check: checkHoldout(of:)
      ).position
    } else {
      try store.initialize(trainer.weights)
    }
    var run = TrainingRun(
      trainer, epochs: job.training.epochs, settings: job.training, communicator: session.communicator)
    let hint = "the search trains its own model, from the beginning"
    run.lastCheckpoint = { hint }
    run.stopHint = session.stopHint("search")
    run.save = { try store.write(trainer, $0, to: latest, lastGood: hint) }
    run.afterEpoch = run.save ?? { _ in }
    training.judge(&run) { hint }
    let end = try session.follow(
      run, from: position, epochs: job.training.epochs, name: "\(name): cloud model, epoch")
    return try training.model(at: end).weights
  }

  private func checkHoldout(of checkpoint: Checkpoint) throws {
    let earlier = try Job.parse(checkpoint.job, file: "\(latest):/job")
    try Journal.check(
      [("search.holdout", "\(earlier.search.holdout)")], are: [("search.holdout", "\(job.search.holdout)")],
      file: latest)
  }
}
