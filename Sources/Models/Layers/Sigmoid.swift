/// y = 1 / (1 + e^-x), element by element.
final class Sigmoid: Layer {
  private var y: Matrix?

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    for r in 0..<x.rows {
      y.row(r).update(from: x.row(r), count: x.columns)
      Elementwise.sigmoid(y.row(r), count: x.columns)
    }
    self.y = y
    return y
  }

  /// dx = dy y (1 - y).
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let y else { preconditionFailure("backward follows forward") }
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for r in 0..<dy.rows {
      dx.row(r).update(from: dy.row(r), count: dy.columns)
      Elementwise.sigmoidBackward(dx.row(r), y.row(r), count: dy.columns)
    }
    return dx
  }
}
