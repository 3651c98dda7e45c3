import IO
import Models
import Support

/// Fine-tunes and scores one user after the other: Algorithm 1 of the paper for a single device, for every
/// method of the job, all on the same gathered submodel while it is in cache.
package final class UserFineTuner {
  let job: Job
  let dataset: Dataset
  let basis: MethodBasis
  private let groups: GroupModels?
  /// The fine-tuned model's share of the logits of each method.
  private let shares: [Method: Double]
  let model: UserModel
  private var metric = AUC()
  private var methodClock: MethodClock
  /// Keeps users' models, where they are wanted.
  package var recorder: PersonalModelRecorder?
  /// Where users' models are taken from instead of fine-tuning them.
  package let saved: PersonalModelsFile.Reader?
  /// A local CTR that is known from elsewhere, and counts instead of that of the data set's training samples.
  package var knownLocalCTR: Double?

  /// Seconds spent on each method, by its index in the job, over all users so far: what the method takes by
  /// itself.
  package var methodSeconds: [Double] { methodClock.seconds }

  /// `weights` is the cloud model, `globalCTR` the paper's w_g; `groups` are needed where the job's methods
  /// have `grouped`. Where `saved` is given, users' models are those that it holds.
  package init(
    job: Job, dataset: Dataset, weights: Weights, globalCTR: Double, groups: GroupModels? = nil,
    saved: PersonalModelsFile.Reader? = nil
  ) {
    precondition(groups != nil || !job.fineTuning.methods.contains(.grouped), "grouped needs its models")
    self.groups = groups
    self.job = job
    self.dataset = dataset
    self.saved = saved
    let methods = job.usedMethods(job.fineTuning.methods)
    shares = Dictionary(
      uniqueKeysWithValues: Set(methods).map { ($0, TuningSettings(job, $0, labels: .plain).share) })
    basis = MethodBasis(
      methods, dataset: dataset, weights: weights, globalCTR: globalCTR)
    model = UserModel(job: job, dataset: dataset, weights: weights)
    methodClock = MethodClock(methods: job.fineTuning.methods.count)
  }

  /// What is known about a user while the methods run.
  struct User {
    var row: Int
    var train: UnsafeMutableBufferPointer<SampleReference>
    var test: UnsafeMutableBufferPointer<SampleReference>
    /// [test samples] the logits of the method that was scored last.
    var testLogits: UnsafeMutablePointer<Float>
    /// The cloud model's logits, where some method asks for them.
    var cloudTrain: UnsafeMutablePointer<Float>?
    var cloudTest: UnsafeMutablePointer<Float>?
    /// The models that an earlier fine-tuning left.
    var saved: PersonalModels.User?
  }

  /// Runs Algorithm 1 under every method for `user`, a row of the data set with training and test samples.
  /// Calls `emit` with the method's index, its outcome and the logits of the user's test samples. Throws what `emit`
  /// throws, and what reading saved models and fetching rows from other hosts throw.
  package func process(
    user row: Int, emit: (Int, MethodOutcome, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    methodClock.beginUser()
    var user = try gather(row)
    let testLabels = dataset.test.label.pointer + dataset.test.rows(ofUser: row).lowerBound
    // Statistics: the user's w; w_g is that of all users.
    let localCTR = localCTR(ofUser: row)
    try scoreTraining(of: &user, wanted: job.fineTuning.losses)
    let losses = TrainingLosses(
      of: user.train, by: model, cloud: job.fineTuning.losses ? user.cloudTrain : nil)
    let rates = rates(of: user, localCTR)
    try expectMethods(of: user, rates)
    try scoreTest(of: &user)
    methodClock.endShared()
    for (index, method) in job.fineTuning.methods.enumerated() {
      let own = job.method(method, ofLocalCTR: localCTR)
      // Labels: alpha and beta.
      let labels = labels(of: method, rates)
      // h_i = h.
      model.use(initialModel(of: method, localCTR: localCTR))
      basis.prepare(model, for: method)
      // Fine-tune h_i on the corrected samples.
      try fineTune(user, method, as: own, labels)
      let lossBefore = losses.before(labels)
      let lossAfter =
        own == .cloud
        ? lossBefore
        : try losses.after(labels) { try score(user.train, own, cloud: user.cloudTrain, into: $0) }
      // Score the test samples by h_i.
      try score(user.test, own, cloud: user.cloudTest, into: user.testLogits)
      let auc = metric.evaluate(scores: user.testLogits, labels: testLabels, count: user.test.count)
      methodClock.endMethod(index)
      try emit(
        index,
        MethodOutcome(
          labels: labels, auc: auc.value, aucStatus: auc.status, lossBefore: lossBefore,
          lossAfter: lossAfter),
        UnsafeBufferPointer(start: user.testLogits, count: user.test.count))
      methodClock.beginMethod()
    }
    try recorder?.finish(model, user: row)
  }

  /// Gathers the user's samples and the submodel of what they touch.
  private func gather(_ row: Int) throws -> User {
    model.begin()
    let arena = model.userArena
    let train = dataset.trainReferences(ofUser: row, in: arena)
    let test = dataset.testReferences(ofUser: row, in: arena)
    precondition(!train.isEmpty && !test.isEmpty, "an evaluated user has training and test samples")
    model.gather(train, test)
    return User(
      row: row, train: train, test: test,
      testLogits: arena.take(test.count, of: Float.self),
      saved: try saved?.user(row: Int32(row), tableRows: model.tableRows))
  }

  /// w of the user: NaN for one without training samples.
  func localCTR(ofUser row: Int) -> Double { knownLocalCTR ?? dataset.localCTR(ofUser: row) }

  /// Scores the user's training samples by the cloud model, which `model` has, if labels depend on that or it is
  /// `wanted`.
  func scoreTraining(of user: inout User, wanted: Bool = false) throws {
    guard wanted || basis.needsPredictions else { return }
    user.cloudTrain = try model.logits(of: user.train)
  }

  /// Scores the user's test samples by the cloud model, which `model` has, if a method mixes it with its own.
  func scoreTest(of user: inout User) throws {
    guard shares.values.contains(where: { $0 < 1 }) else { return }
    user.cloudTest = try model.logits(of: user.test)
  }

  /// What the labels of `user` are corrected by.
  func rates(of user: User, _ localCTR: Double) -> ClickRates {
    basis.rates(localCTR: localCTR, samples: user.train.count, predictions: user.cloudTrain)
  }

  /// Scores `samples` by the model as it is, as `method` does; `cloud` are their logits by the cloud model.
  func score(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, _ method: Method,
    cloud: UnsafePointer<Float>?, into logits: UnsafeMutablePointer<Float>
  ) throws {
    try basis.score(samples, by: model, method, share: shares[method] ?? 1, cloud: cloud, into: logits)
  }

  /// The labels that a method fine-tunes on. `grouped` was fine-tuned before, on its group's samples.
  func labels(of method: Method, _ rates: ClickRates) -> CorrectedLabels {
    job.labels(of: method == .grouped ? job.grouping.correction : method, rates)
  }

  /// h: the cloud model, or that of the user's group.
  func initialModel(of method: Method, localCTR: Double) -> Weights {
    guard method == .grouped, let groups else { return model.cloud }
    return groups.weights(ofLocalCTR: localCTR)
  }

  /// Announces the fine-tunings that start from the cloud model.
  func expectMethods(of user: User, _ rates: ClickRates) throws {
    guard user.saved == nil else { return }
    for method in job.fineTuning.methods {
      let own = job.method(method, ofLocalCTR: rates.localCTR)
      guard own.fineTunes else { continue }
      model.expect(user.train, user: user.row, TuningSettings(job, own, labels: labels(of: method, rates)))
    }
    try model.prepareExpected()
  }

  /// Fine-tunes h_i as `own`, which `method` is or stands for, or brings back what an earlier fine-tuning made of it.
  func fineTune(_ user: User, _ method: Method, as own: Method, _ labels: CorrectedLabels) throws {
    guard method.fineTunes else { return }
    if let models = user.saved, let place = saved?.layout.methods.firstIndex(of: method.rawValue) {
      model.install(models, method: place)
    } else if own.fineTunes {
      try model.fineTune(
        user.train, user: user.row, TuningSettings(job, own, labels: labels))
    }
    recorder?.record(model, user: user.row)
  }
}
