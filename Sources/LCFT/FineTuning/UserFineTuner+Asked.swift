import IO
import Models
import Support

/// Scoring of samples that are asked for, by the same models as in `process`.
extension UserFineTuner {
  /// What a user's samples were scored by under a method.
  package enum UsedModel: UInt8, Sendable {
    /// The cloud model, as the user has no other, or what the method has for every user.
    case cloud
    case group
    /// One that was fine-tuned for the user.
    case own
    /// The cloud model, as the one that was fine-tuned for the user gives a score that is no number.
    case cloudForDiverged
  }

  /// Scores the samples that `makeSamples` lays into the arena that it is given, which may be of any number, by the models
  /// that every method makes for the user in row `row` of the data set: saved ones, or fine-tuned on the training samples.
  /// Under a method for which the user has neither, nor a group, the cloud model scores them. Saved models are not the
  /// user's where `mayBeSaved` is false. Calls `emit` with the method's index, what scored them, and the logits.
  package func score(
    user row: Int, mayBeSaved: Bool = true,
    _ makeSamples: (Arena) -> UnsafeMutableBufferPointer<SampleReference>,
    emit: (Int, UsedModel, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    model.begin()
    let arena = model.userArena
    let fineTunes = saved == nil && job.fineTuning.methods.contains(where: \.fineTunes)
    let train =
      fineTunes
      ? dataset.trainReferences(ofUser: row, in: arena)
      : UnsafeMutableBufferPointer<SampleReference>(start: nil, count: 0)
    let samples = makeSamples(arena)
    model.gather(train, samples)
    var user = User(
      row: row, train: train, test: samples, testLogits: arena.take(samples.count, of: Float.self),
      saved: mayBeSaved ? try saved?.user(row: Int32(row), tableRows: model.tableRows) : nil)
    var rates: ClickRates?
    if !train.isEmpty {
      try scoreTraining(of: &user)
      let own = self.rates(of: user, localCTR(ofUser: row))
      try expectMethods(of: user, own)
      rates = own
    }
    try scoreTest(of: &user)
    for (index, method) in job.fineTuning.methods.enumerated() {
      let own = job.method(method, ofLocalCTR: localCTR(ofUser: row))
      var used = try prepare(user, method, as: own, rates)
      if !samples.isEmpty { try score(samples, own, cloud: user.cloudTest, into: user.testLogits) }
      let logits = UnsafeBufferPointer(start: user.testLogits, count: samples.count)
      if used == .own, !logits.allSatisfy(\.isFinite) {
        used = .cloudForDiverged
        model.use(model.cloud)
        basis.prepare(model, for: .cloud)
        try score(samples, .cloud, cloud: user.cloudTest, into: user.testLogits)
      }
      try emit(index, used, logits)
    }
    try recorder?.finish(model, user: row)
  }

  /// Puts the model in place that `method`, which is `own` or stands for it, scores the user's samples by; `rates` are those
  /// of a user with samples to fine-tune on.
  private func prepare(
    _ user: User, _ method: Method, as own: Method, _ rates: ClickRates?
  ) throws -> UsedModel {
    let localCTR = method == .grouped ? localCTR(ofUser: user.row) : .nan
    if !localCTR.isNaN {
      model.use(initialModel(of: method, localCTR: localCTR))
      return .group
    }
    model.use(model.cloud)
    basis.prepare(model, for: method)
    guard method.fineTunes else { return .cloud }
    if saved != nil {
      guard user.saved != nil else { return .cloud }
      try fineTune(user, method, as: own, .plain)
      return .own
    }
    guard let rates else { return .cloud }
    try fineTune(user, method, as: own, labels(of: method, rates))
    return own.fineTunes ? .own : .cloud
  }
}
