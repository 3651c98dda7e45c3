/// The mean loss of one user's training samples on a method's labels, by the cloud model and by the method's.
struct TrainingLosses {
  private let train: UnsafeMutableBufferPointer<SampleReference>
  private let model: UserModel
  /// [training samples] logits by the cloud model, and by the method's; nil where the losses are not wanted.
  private let logits: (cloud: UnsafeMutablePointer<Float>, tuned: UnsafeMutablePointer<Float>)?

  /// For the samples `train` of the user of `model`, which stands at the cloud model.
  init(of train: UnsafeMutableBufferPointer<SampleReference>, by model: UserModel, wanted: Bool) throws {
    self.train = train
    self.model = model
    guard wanted else {
      logits = nil
      return
    }
    let cloud = model.userArena.take(train.count, of: Float.self)
    logits = (cloud, model.userArena.take(train.count, of: Float.self))
    try model.score(train, into: cloud)
  }

  /// By the cloud model; NaN where the losses are not wanted.
  func before(_ labels: CorrectedLabels) -> Double {
    guard let logits else { return .nan }
    return model.meanLoss(logits.cloud, train, labels)
  }

  /// By the user's model as it is; NaN where the losses are not wanted.
  func after(_ labels: CorrectedLabels) throws -> Double {
    guard let logits else { return .nan }
    try model.score(train, into: logits.tuned)
    return model.meanLoss(logits.tuned, train, labels)
  }
}
