import Support

/// y = x m / (1 - rate) with m = 0 for outputs that are dropped and 1 for others, so that y is x in expectation; y = x
/// where the pass drops nothing, as in fine-tuning and evaluation.
final class Dropout: Layer {
  private let purpose: RandomPurpose
  /// m / (1 - rate) [B x columns].
  private var mask: Matrix?

  /// `name` is the hidden layer's: layers of different names drop independently of one another.
  init(_ name: String) { purpose = RandomPurpose("dropout \(name)") }

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    mask = nil
    guard let draw = pass.dropout else { return x }
    let mask = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let kept = Float(1 / (1 - draw.rate))
    for r in 0..<x.rows {
      var random = KeyedRandom(seed: draw.seed, purpose, UInt64(draw.step), UInt64(draw.samples[r]))
      let (from, m, to) = (x.row(r), mask.row(r), y.row(r))
      for c in 0..<x.columns { m[c] = random.uniform() < draw.rate ? 0 : kept }
      for c in 0..<x.columns { to[c] = from[c] * m[c] }
    }
    self.mask = mask
    return y
  }

  /// dx = dy m / (1 - rate), which overwrites `dy`.
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let mask else { return dy }
    for r in 0..<dy.rows {
      let (d, m) = (dy.row(r), mask.row(r))
      for c in 0..<dy.columns { d[c] *= m[c] }
    }
    return dy
  }
}
