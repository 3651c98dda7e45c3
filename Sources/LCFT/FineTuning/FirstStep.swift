import Models
import Support

/// What every fine-tuning from the same weights begins with: the first batch under the loaded weights.
///
/// The forward pass is kept. Gradients of the loss are linear in its slopes at the logits, which alone depend on the
/// labels, and slopes are linear in a sample's label, which is alpha or beta. So one backward pass serves all labels that
/// are expected (`Pass.sums`), by up to three sums for any number of them:
///
///     g(alpha, beta) = g(1, 0) + (alpha - 1) g+ + beta g-
///
/// with g(1, 0) that of the labels as they are, and g+ and g- what one label more adds over the positives and over the
/// negatives, each summed over its own class alone, and only where labels of the class differ. The gradient of one
/// fine-tuning has the same bits whatever else is expected.
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
  private var basis = Basis()
  /// Of a fine-tuning that nobody expected; its memory serves the next one.
  private var lonely = Basis()

  /// g(1, 0), g+ and g-; nil where nothing asks for it.
  private struct Basis {
    var base: Gradients?
    var positives: Gradients?
    var negatives: Gradients?
  }

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

    /// The labels as they are.
    static var own: Expected { Expected(.plain) }
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
    (basis, lonely) = (Basis(), Basis())
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
        return step(expected.pointer[index], basis)
      }
    }
    var alone = wanted
    alone.gradients = weights.gradients
    try withUnsafeMutablePointer(to: &alone) {
      try sum(UnsafeMutableBufferPointer(start: $0, count: 1), batch, into: &lonely)
    }
    return step(alone, lonely)
  }

  private func step(_ labels: Expected, _ basis: Basis) -> StepGradients {
    guard labels.offset == 0, let base = basis.base else {
      return StepGradients(labels.gradients ?? weights.gradients)
    }
    var step = StepGradients(base)
    if labels.alpha != 1, let positives = basis.positives { step.add(positives, times: labels.alpha - 1) }
    if labels.beta != 0, let negatives = basis.negatives { step.add(negatives, times: labels.beta) }
    return step
  }

  /// Sums all gradients that are expected in one backward pass, unless that is done.
  func sumExpected() throws {
    guard let batch = expectedBatch, !isSummed else { return }
    isSummed = true
    try sum(UnsafeMutableBufferPointer(start: expected.pointer, count: expected.count), batch, into: &basis)
  }

  /// Sums what the gradients on all of `labels` consist of, in one backward pass.
  private func sum(
    _ labels: UnsafeMutableBufferPointer<Expected>, _ batch: Batch, into basis: inout Basis
  ) throws {
    let logits = try forward(batch)
    arena.rewind(to: afterForward)
    let sums = arena.take(3 + labels.count, of: GradientSum.self)
    var count = 0
    func add(_ earlier: Gradients?, _ slope: (Double, Float) -> Double) -> Gradients {
      let gradients = weights.clearedGradients(earlier, in: userArena)
      sums[count] = sum(logits, batch, into: gradients, slope)
      count += 1
      return gradients
    }
    let unshifted = labels.contains { $0.offset == 0 }
    if unshifted { basis.base = add(basis.base) { slope($0, $1, .own) } }
    if labels.contains(where: { $0.offset == 0 && $0.alpha != 1 }) {
      basis.positives = add(basis.positives) { logit, own in own > 0 ? slopePerLabel(logit) : 0 }
    }
    if labels.contains(where: { $0.offset == 0 && $0.beta != 0 }) {
      basis.negatives = add(basis.negatives) { logit, own in own > 0 ? 0 : slopePerLabel(logit) }
    }
    for index in labels.indices where labels[index].offset != 0 {
      let own = labels[index]
      labels[index].gradients = add(own.gradients) { slope($0, $1, own) }
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
