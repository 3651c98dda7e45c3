import Models

/// The forward pass of one batch under a user's loaded weights, kept for any number of backward passes: the first
/// step of every method's fine-tuning starts from the same weights on the same batch, and differs in the labels
/// alone.
final class FirstForward {
  private let model: any Model
  private let arena = Arena(bytes: 1 << 20)
  private let pass: Pass
  /// The kept batch's users, by which it is recognised, and its logits.
  private var kept: (users: UnsafePointer<Int32>, logits: Matrix)?
  private var afterForward: Arena.Mark

  /// The gradients of the dense weights go to `gradients`.
  init(job: Job, weights: Weights, gradients: UnsafeMutablePointer<Float>) {
    let model = job.makeModel()
    self.model = model
    pass = Pass(
      layout: model.layout, arena: arena, normalization: .moving, parameters: weights.dense,
      statistics: weights.statistics, gradients: gradients)
    afterForward = arena.mark
  }

  /// Forgets what is kept; from now on for the weights `loaded`.
  func begin(
    _ loaded: (dense: UnsafeMutablePointer<Float>, tables: Submodel), statistics: UnsafeMutablePointer<Float>
  ) {
    kept = nil
    (pass.parameters, pass.submodel) = loaded
    pass.statistics = statistics
  }

  /// Whether `forward` would not drop another batch.
  func takes(_ batch: Batch) -> Bool { kept == nil || kept?.users == batch.users }

  /// The logits of `batch`, computed at the first call.
  func forward(_ batch: Batch) throws -> Matrix {
    if let kept, kept.users == batch.users { return kept.logits }
    arena.reset()
    let logits = try model.forward(batch, pass)
    kept = (batch.users, logits)
    afterForward = arena.mark
    return logits
  }

  /// Adds the gradients of the kept batch.
  func backward(_ dlogits: Matrix, _ batch: Batch) throws {
    arena.rewind(to: afterForward)
    try model.backward(dlogits, batch, pass)
  }
}
