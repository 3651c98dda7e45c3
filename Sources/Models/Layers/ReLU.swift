/// y = max(x, 0), element by element.
final class ReLU: Layer {
  private var y: Matrix?

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    for r in 0..<x.rows {
      let (from, to) = (x.row(r), y.row(r))
      for c in 0..<x.columns { to[c] = max(from[c], 0) }
    }
    self.y = y
    return y
  }

  /// dx = dy where x > 0, 0 elsewhere.
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let y else { preconditionFailure("backward follows forward") }
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for r in 0..<dy.rows {
      let (d, output, to) = (dy.row(r), y.row(r), dx.row(r))
      for c in 0..<dy.columns { to[c] = output[c] > 0 ? d[c] : 0 }
    }
    return dx
  }
}
