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
  let given: LoadCloudModel?
  let journalPath: String
  /// Which of a choice's folds it is; nil: the last part is held out, once.
  var fold: Int?
  /// Whether what a search of a shorter training has left is given up before this one begins (`EarlierTables`).
  var givesUpShorter = false

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
    if given == nil { try job.training.check(samples: inputs.dataset.train.count) }
    try checkJudging()
    try session.check(disk: disk)
    guard job.training.epochs > 0 || given != nil else { throw TrainingError.noEpochs }
    if let given {
      try given.check()
      return try checkJournal(cloudModel: given.digest())
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

  /// Throws where there is nothing to judge by: what is searched, or the search's own cloud model.
  private func checkJudging() throws {
    let (choice, holdout) = (job.search.choice, job.search.holdout)
    try session.communicator.collectively {
      guard inputs.dataset.canJudge(holdout, fold: fold ?? 1) else {
        throw fold.map {
          RunError.noUsersInFold(file: inputs.dataPath, fold: $0, folds: choice.folds, holdout: holdout)
        } ?? RunError.noHeldOutUsers(file: inputs.dataPath, holdout: holdout)
      }
      guard given == nil else { return }
      try JudgedTraining.check(inputs.dataset, inputs, leftBy: (holdout, fold ?? 1))
    }
  }

  /// Throws where an interrupted search has left outcomes of other settings. `digest` is the cloud model's.
  private func checkJournal(cloudModel digest: String) throws {
    if givesUpShorter, try session.leaderFinds(EarlierTables.isShorter(journalPath, than: job)) { return }
    try session.check(journal: journalPath, are: settings(cloudModel: digest))
  }

  /// What a search takes on the disk while it runs; its tables are small.
  private var disk: [(name: String, bytes: Int)] {
    // The AUC of a user at each point, the user's number, and the record's head.
    let journal = [("the search's outcomes", inputs.dataset.users.count * (12 + 8 * plan.points.count))]
    // The model once more while it is written anew.
    let model = [("the search's model", 2 * (inputs.estimate?.checkpointBytes ?? 0))]
    // Those of folds are part of the run's estimate.
    return given == nil && fold == nil ? model + journal : journal
  }

  /// Throws where the finished table `path` is of another search: it is not replaced unasked. `read` returns the
  /// table's origin, and what its search tried for the table's job and this one tries for its own.
  func checkFinished(
    _ path: String,
    _ read: (String) throws -> (
      origin: SearchOrigin, tried: (Job) -> SearchPlan, tries: (Job) -> SearchPlan
    )
  ) throws {
    guard try session.keeps(path) else { return }
    let digest = try given?.digest() ?? SearchOrigin.ownModel
    try session.communicator.collectively {
      guard session.leads else { return }
      let (origin, tried, tries) = try read(path)
      if givesUpShorter, EarlierTables.epochs(origin, shorterThan: job) != nil { return }
      try inputs.checkDataset(origin.datasetDigest, of: path)
      guard origin.checkpointDigest == digest else {
        throw RunError.otherResults(file: path, what: "cloud model")
      }
      let earlier = try Job.parse(origin.job, file: "\(path):/job")
      let own = job.compared(with: earlier)
      func settings(_ job: Job, _ plan: SearchPlan) -> Journal.Settings {
        let choosesLabels = plan.entries.contains { $0.method == .hard }
        return job.searchSettings + (choosesLabels ? job.labelChoiceSettings : [])
          + [HeldOutSearch.searched(plan)]
      }
      try Journal.check(settings(earlier, tried(earlier)), are: settings(own, tries(own)), file: path)
    }
  }

  /// What `run` would do; `files` are its command's.
  func preview(writes files: [String]) throws -> RunPreview {
    let start =
      try given?.preview()
      ?? RunPreview(
        work: [
          "train \(job.model.name) without the held-out samples, \(counted(job.training.epochs, "epoch"))"
        ])
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
    let cloud = try given?.run()
    let weights = try cloud?.weights ?? trainModel(on: cut)
    let run = SearchRun(
      job: job, dataset: cut, weights: weights, points: plan.points, communicator: session.communicator)
    session.say(
      "\(name): \(counted(plan.points.count, "point")) on \(counted(run.users.count, "user")), the last samples held out"
    )
    let cloudDigest = cloud?.digest ?? SearchOrigin.ownModel
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
    origin.job = job.withFoundSettings.text
    return Outcome(scores: scores, users: run.users, origin: origin, journal: journal)
  }

  /// The tables are written: removes what a search keeps while it runs; the journal last, by which a search that was
  /// stopped here is known.
  func end(_ journal: WorkJournal) throws {
    if fold == nil {
      try session.folder.removeSearchModel(ofEnded: journalPath)
    } else {
      for path in [latest, best] { try FileStatus.remove(path) }
    }
    try journal.remove()
  }

  /// Of a search whose table `path` is there, and which `check` found to be this one: removes what it has kept where it
  /// was stopped behind its table. Collective.
  func endFinished(_ path: String) throws {
    try session.communicator.collectively {
      guard session.leads else { return }
      try session.folder.endFinishedSearch(path, journal: journalPath)
      session.sayFinished("search", path)
    }
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
