/// The mean loss of one user's training samples on a method's labels, by the cloud model and by the method's.
struct TrainingLosses {
  private let train: UnsafeMutableBufferPointer<SampleReference>
  private let model: UserModel
  /// [training samples] logits by the cloud model, and by the method's; nil where the losses are not wanted.
  private let logits: (cloud: UnsafeMutablePointer<Float>, tuned: UnsafeMutablePointer<Float>)?

  /// For the samples `train` of the user of `model`; `cloud` are the cloud model's logits of these, nil where the
  /// losses are not wanted.
  init(
    of train: UnsafeMutableBufferPointer<SampleReference>, by model: UserModel,
    cloud: UnsafeMutablePointer<Float>?
  ) {
    self.train = train
    self.model = model
    logits = cloud.map { ($0, model.userArena.take(train.count, of: Float.self)) }
  }

  /// By the cloud model; NaN where the losses are not wanted.
  func before(_ labels: CorrectedLabels) -> Double {
    guard let logits else { return .nan }
    return model.meanLoss(logits.cloud, train, labels)
  }

  /// By what `score` writes of the samples; NaN where the losses are not wanted.
  func after(
    _ labels: CorrectedLabels, score: (UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> Double {
    guard let logits else { return .nan }
    try score(logits.tuned)
    return model.meanLoss(logits.tuned, train, labels)
  }
}
