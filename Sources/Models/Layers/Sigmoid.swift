/// y = 1 / (1 + e^-x), element by element.
final class Sigmoid: Layer {
  private var y: Matrix?

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    for r in 0..<x.rows {
      let (from, to) = (x.row(r), y.row(r))
      for c in 0..<x.columns { to[c] = Elementwise.sigmoid(from[c]) }
    }
    self.y = y
    return y
  }

  /// dx = dy y (1 - y).
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let y else { preconditionFailure("backward follows forward") }
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for r in 0..<dy.rows {
      let (d, output, to) = (dy.row(r), y.row(r), dx.row(r))
      for c in 0..<dy.columns { to[c] = d[c] * (output[c] * (1 - output[c])) }
    }
    return dx
  }
}
