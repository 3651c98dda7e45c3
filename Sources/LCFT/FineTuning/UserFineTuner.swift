import Dist
import IO
import Models
import Support

/// What one method did for one user.
package struct MethodOutcome: Sendable {
  package var labels: CorrectedLabels
  /// NaN where `aucStatus` is not `.defined`.
  package var auc: Double
  package var aucStatus: Results.AUCStatus
  /// Mean loss of the training samples on the method's labels, by the cloud model and by the fine-tuned one; NaN
  /// where the job does not ask for losses.
  package var lossBefore: Double
  package var lossAfter: Double
}

/// Fine-tunes and scores one user after the other: Algorithm 1 of the paper for a single device, for every
/// method of the job, all on the same gathered submodel while it is in cache.
package final class UserFineTuner {
  private let job: Job
  private let dataset: Dataset
  private let globalCTR: Double
  private let groups: GroupModels?
  private let model: UserModel
  private var metric = AUC()
  /// Keeps users' models, where they are wanted.
  var recorder: PersonalModelRecorder?
  /// Where users' models are taken from instead of fine-tuning them.
  var saved: PersonalModelsFile.Reader?
  /// Seconds spent on each method, by its index in the job, over all users so far. What methods share (the
  /// user's submodel and the cloud model's scores) counts to each: this is what the method takes by itself.
  package private(set) var methodSeconds: [Double]

  /// `weights` is the cloud model, `globalCTR` the paper's w_g; `groups` are needed where the job's methods
  /// have `grouped`.
  package init(
    job: Job, dataset: Dataset, weights: Weights, globalCTR: Double, groups: GroupModels? = nil
  ) {
    precondition(groups != nil || !job.fineTuning.methods.contains(.grouped), "grouped needs its models")
    self.groups = groups
    self.job = job
    self.dataset = dataset
    self.globalCTR = globalCTR
    model = UserModel(job: job, dataset: dataset, weights: weights)
    methodSeconds = Array(repeating: 0, count: job.fineTuning.methods.count)
  }

  /// Runs every method for `user`, a row of the data set with training and test samples. Calls `emit` with
  /// the method's index, its outcome and the logits of the user's test samples.
  package func process(
    user: Int, emit: (Int, MethodOutcome, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let start = steadySeconds()
    model.begin()
    let arena = model.userArena
    let train = dataset.train.references(ofUser: user, in: arena)
    let test = dataset.test.references(ofUser: user, in: arena)
    precondition(!train.isEmpty && !test.isEmpty, "an evaluated user has training and test samples")
    model.load([train, test])
    let localCTR = dataset.localCTR(ofUser: user)
    let cloudLogits = arena.take(train.count, of: Float.self)
    if job.fineTuning.losses { try model.score(train, into: cloudLogits) }
    let trainLogits = arena.take(train.count, of: Float.self)
    let testLogits = arena.take(test.count, of: Float.self)
    let testLabels = dataset.test.label.pointer + dataset.test.rows(ofUser: user).lowerBound

    let ready = try saved?.user(row: Int32(user), tableRows: model.tableRows)
    var methodStart = steadySeconds()
    let shared = methodStart - start
    for (index, method) in job.fineTuning.methods.enumerated() {
      let labels = LabelCorrection.labels(
        method == .grouped ? job.grouping.correction : method, localCTR: localCTR, globalCTR: globalCTR,
        table: job.findings.labels?.pairs)
      let lossBefore = job.fineTuning.losses ? model.meanLoss(cloudLogits, train, labels) : .nan
      var lossAfter = lossBefore
      if method == .grouped, let groups {
        model.load([train, test], from: groups.weights(ofLocalCTR: localCTR))
      } else {
        model.restore()
      }
      if method.fineTunes {
        if let ready, let place = saved?.layout.methods.firstIndex(of: method.rawValue) {
          model.install(ready, method: place)
        } else {
          let settings = TuningSettings(job, method, labels: labels)
          try model.fineTune(train, user: user, settings)
        }
        recorder?.record(model, user: user)
      }
      if method != .cloud, job.fineTuning.losses {
        try model.score(train, into: trainLogits)
        lossAfter = model.meanLoss(trainLogits, train, labels)
      }
      try model.score(test, into: testLogits)
      if method == .grouped { model.load([train, test]) }
      let auc = metric.evaluate(scores: testLogits, labels: testLabels, count: test.count)
      methodSeconds[index] += shared + (steadySeconds() - methodStart)
      try emit(
        index,
        MethodOutcome(
          labels: labels, auc: auc.value, aucStatus: auc.status, lossBefore: lossBefore,
          lossAfter: lossAfter),
        UnsafeBufferPointer(start: testLogits, count: test.count))
      methodStart = steadySeconds()
    }
    try recorder?.finish(model, user: user)
  }
}
