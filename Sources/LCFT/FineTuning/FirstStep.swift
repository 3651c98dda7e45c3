import Models
import Support

/// What every fine-tuning from the same weights begins with: the first batch under the loaded weights.
///
/// The forward pass is kept. Gradients of the loss are linear in its slopes at the logits, which alone depend on the
/// labels, and slopes are linear in a sample's label, which is alpha or beta. So one backward pass serves all labels that
/// are expected (`Pass.sums`), by up to three sums for any number of them:
///
///     g(alpha, beta) = g(alpha_0, beta_0) + (alpha - alpha_0) g+ + (beta - beta_0) g-
///
/// with (alpha_0, beta_0) the labels that were expected first, and g+ and g- what one label more adds over the positives
/// and over the negatives, each summed over its own class alone, and only where labels of the class differ.
final class FirstStep {
  private let model: any Model
  private let loss: Loss
  private let weights: UserWeights
  /// Memory that lives as long as the kept batch, and as long as the user.
  private let arena = Arena(bytes: 1 << 20)
  private let userArena: Arena
  private let pass: Pass
  /// The kept batch's users, by which it is recognised, and its logits.
  private var kept: (users: UnsafePointer<Int32>, logits: Matrix)?
  private var afterForward: Arena.Mark
  /// The batch of the fine-tunings that are expected, and whether their gradients are summed.
  private var expectedBatch: Batch?
  private var isSummed = false
  private var expected = GrowableBuffer<Expected>(capacity: 64)
  /// g(alpha_0, beta_0), g+ and g-.
  private var basis: (base: Gradients?, positives: Gradients?, negatives: Gradients?)

  /// Labels of a fine-tuning that is to come, and, where logits are shifted, their gradient.
  private struct Expected: BitwiseCopyable {
    var alpha: Float
    var beta: Float
    var offset: Double
    var gradients: Gradients?

    init(_ labels: CorrectedLabels) {
      (alpha, beta, offset) = (labels.label(of: 1), labels.label(of: 0), labels.logitOffset)
    }

    func isSame(as other: Expected) -> Bool {
      alpha == other.alpha && beta == other.beta && offset == other.offset
    }
  }

  init(job: Job, weights: UserWeights, statistics: UnsafeMutablePointer<Float>, userArena: Arena) {
    let model = job.makeModel()
    self.model = model
    self.weights = weights
    self.userArena = userArena
    loss = job.loss
    pass = Pass(
      layout: model.layout, arena: arena, normalization: .moving, parameters: weights.current.dense,
      statistics: statistics, gradients: weights.gradients.dense)
    pass.transposes = TransposedWeights()
    afterForward = arena.mark
  }

  /// Forgets what is kept and expected; from now on for the weights as they are loaded.
  func begin(statistics: UnsafeMutablePointer<Float>) {
    kept = nil
    expectedBatch = nil
    expected.removeAll()
    isSummed = false
    basis = (nil, nil, nil)
    let loaded = weights.current
    if pass.parameters != loaded.dense { pass.transposes?.clear() }
    (pass.parameters, pass.submodel) = loaded
    pass.statistics = statistics
  }

  /// A fine-tuning on `labels` will begin with `batch`. Those that begin with another batch than the first of them go by
  /// themselves.
  func expect(_ labels: CorrectedLabels, _ batch: Batch) {
    guard !isSummed, expectedBatch == nil || expectedBatch?.users == batch.users else { return }
    expectedBatch = batch
    let new = Expected(labels)
    for index in 0..<expected.count where expected.pointer[index].isSame(as: new) { return }
    expected.append(new)
  }

  /// Whether `forward` can keep a batch without dropping another one.
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

  /// The gradient of the mean loss of `batch` on `labels`.
  func gradients(_ labels: CorrectedLabels, _ batch: Batch) throws -> StepGradients {
    let wanted = Expected(labels)
    if expectedBatch?.users == batch.users {
      try sumExpected()
      for index in 0..<expected.count where expected.pointer[index].isSame(as: wanted) {
        return step(expected.pointer[index])
      }
    }
    let logits = try forward(batch)
    arena.rewind(to: afterForward)
    weights.zeroGradients()
    let sums = arena.take(1, of: GradientSum.self)
    sums[0] = sum(logits, batch, into: weights.gradients) { slope($0, $1, wanted) }
    try backward(sums, count: 1, batch)
    return StepGradients(weights.gradients)
  }

  private func step(_ labels: Expected) -> StepGradients {
    guard labels.offset == 0, let base = basis.base else {
      return StepGradients(labels.gradients ?? weights.gradients)
    }
    let first = expected.pointer[firstUnshifted]
    var step = StepGradients(base)
    if labels.alpha != first.alpha, let positives = basis.positives {
      step.add(positives, times: labels.alpha - first.alpha)
    }
    if labels.beta != first.beta, let negatives = basis.negatives {
      step.add(negatives, times: labels.beta - first.beta)
    }
    return step
  }

  /// The place of (alpha_0, beta_0) among the expected labels; their number if all shift the logits.
  private var firstUnshifted: Int {
    (0..<expected.count).first { expected.pointer[$0].offset == 0 } ?? expected.count
  }

  /// Sums all gradients that are expected in one backward pass, unless that is done.
  func sumExpected() throws {
    guard let batch = expectedBatch, !isSummed else { return }
    let logits = try forward(batch)
    isSummed = true
    arena.rewind(to: afterForward)
    let sums = arena.take(3 + expected.count, of: GradientSum.self)
    var count = 0
    func add(_ slope: (Double, Float) -> Double) -> Gradients {
      let gradients = weights.makeGradients(in: userArena)
      sums[count] = sum(logits, batch, into: gradients, slope)
      count += 1
      return gradients
    }
    let first = firstUnshifted
    if first < expected.count {
      let labels = expected.pointer[first]
      var differ = (alpha: false, beta: false)
      for index in first..<expected.count where expected.pointer[index].offset == 0 {
        if expected.pointer[index].alpha != labels.alpha { differ.alpha = true }
        if expected.pointer[index].beta != labels.beta { differ.beta = true }
      }
      basis.base = add { slope($0, $1, labels) }
      if differ.alpha { basis.positives = add { logit, own in own > 0 ? slopePerLabel(logit) : 0 } }
      if differ.beta { basis.negatives = add { logit, own in own > 0 ? 0 : slopePerLabel(logit) } }
    }
    for index in 0..<expected.count where expected.pointer[index].offset != 0 {
      let labels = expected.pointer[index]
      expected.pointer[index].gradients = add { slope($0, $1, labels) }
    }
    if count > 0 { try backward(sums, count: count, batch) }
  }

  /// The slope of the loss at the logit of a sample with the label `own`.
  private func slope(_ logit: Double, _ own: Float, _ labels: Expected) -> Double {
    loss.slope(logit: logit + labels.offset, label: Double(own > 0 ? labels.alpha : labels.beta))
  }

  /// What one label more adds to the slope.
  private func slopePerLabel(_ logit: Double) -> Double {
    loss.slope(logit: logit, label: 1) - loss.slope(logit: logit, label: 0)
  }

  /// The sum whose coefficients are the samples' slopes over their number, from the first to the last that is not 0.
  private func sum(
    _ logits: Matrix, _ batch: Batch, into gradients: Gradients, _ slope: (Double, Float) -> Double
  ) -> GradientSum {
    let count = batch.partition.count
    let coefficients = arena.take(count, of: Float.self)
    let scale = 1 / Double(count)
    var (first, end) = (0, 0)
    for b in 0..<count {
      coefficients[b] = Float(slope(Double(logits.values[b]), batch.labels[b]) * scale)
      guard coefficients[b] != 0 else { continue }
      if end == 0 { first = b }
      end = b + 1
    }
    return GradientSum(
      coefficients: coefficients, rows: first..<end, gradients: gradients.dense,
      submodel: gradients.tables)
  }

  private func backward(_ sums: UnsafeMutablePointer<GradientSum>, count: Int, _ batch: Batch) throws {
    // The first goes over all samples, even if some of its coefficients are 0.
    sums[0].rows = 0..<batch.partition.count
    let dlogits = Matrix(batch.partition, columns: 1, in: arena)
    dlogits.values.update(repeating: 1, count: dlogits.rows)
    pass.sums = UnsafeBufferPointer(start: UnsafePointer(sums), count: count)
    defer { pass.sums = nil }
    try model.backward(dlogits, batch, pass)
  }
}
