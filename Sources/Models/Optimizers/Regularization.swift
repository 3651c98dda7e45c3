/// What a training adds to its loss, and the bound of the gradient of that.
///
///     loss = mean loss of the batch + l2_dense / 2 sum of w^2 + l2_embeddings / 2 sum of e^2
///     g <- g min(1, clip / (|g| + 1e-6))
///
/// with w the dense weights of two dimensions (biases, slopes, and the scales and shifts of normalisations are left
/// out), e the rows of embedding tables whose users, items and values the batch touches, and |g| the norm of the whole
/// gradient, of dense weights and of touched rows together, as `torch.nn.utils.clip_grad_norm_` has it. Rows are penalised
/// lazily, unless the job says `embedding_rows: all`: a row that no sample of the batch touches keeps its bits.
package struct Regularization: Sendable, Equatable {
  /// 0: none.
  package var dense = 0.0
  package var embeddings = 0.0
  /// The highest norm of the gradient; nil: any.
  package var clip: Double?

  package init(dense: Double = 0, embeddings: Double = 0, clip: Double? = nil) {
    self.dense = dense
    self.embeddings = embeddings
    self.clip = clip
  }

  /// Adds the gradient of the dense weights' penalty to `gradients` [layout.parameterCount].
  package func addPenalty(
    _ layout: ModelLayout, _ weights: UnsafePointer<Float>, to gradients: UnsafeMutablePointer<Float>
  ) {
    guard dense > 0 else { return }
    for parameter in layout.parameters where parameter.shape.count > 1 {
      Elementwise.addScaled(
        gradients + parameter.offset, weights + parameter.offset, Float(dense), count: parameter.count)
    }
  }

  /// Adds the gradient of the rows' penalty: row `rows[r]` of `table`, of `width` columns, to row r of `gradients`.
  package func addPenalty(
    table: UnsafePointer<Float>, rows: UnsafePointer<Int32>, count: Int, width: Int,
    to gradients: UnsafeMutablePointer<Float>
  ) {
    guard embeddings > 0 else { return }
    for r in 0..<count {
      Elementwise.addScaled(
        gradients + r * width, table + Int(rows[r]) * width, Float(embeddings), count: width)
    }
  }

  /// The factor on a gradient of the norm sqrt(`squaredNorm`), at most 1; nil: the gradient stays as it is.
  package func factor(squaredNorm: Double) -> Float? {
    guard let clip else { return nil }
    let factor = clip / (squaredNorm.squareRoot() + 1e-6)
    return factor < 1 ? Float(factor) : nil
  }

  /// The sum of the squares of `count` values, in their order, in four partial sums.
  package static func squaredNorm(_ values: UnsafePointer<Float>, count: Int) -> Double {
    var partial = SIMD4<Double>(repeating: 0)
    var i = 0
    while i + 4 <= count {
      let x = SIMD4<Double>(UnsafeRawPointer(values + i).loadUnaligned(as: SIMD4<Float>.self))
      partial += x * x
      i += 4
    }
    var sum = partial.sum()
    while i < count {
      sum += Double(values[i]) * Double(values[i])
      i += 1
    }
    return sum
  }

  /// values *= factor.
  package static func scale(_ values: UnsafeMutablePointer<Float>, _ factor: Float, count: Int) {
    for i in 0..<count { values[i] *= factor }
  }
}
