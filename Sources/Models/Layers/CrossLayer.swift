/// One explicit crossing of features (Wang et al., WWW 2021, "DCN V2", eq. 1):
///
///     y = x0 * (x W + b) + x
///
/// with x0 [B x n] the network's input, x [B x n] the output of the crossing before, W [n x n], b [n], and `*`
/// element by element. Samples are rows: W is the transpose of the paper's.
final class CrossLayer {
  private let linear: Linear
  private var saved: (x0: Matrix, product: Matrix)?

  init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    linear = Linear(name, inputs: columns, outputs: columns, defers: true, in: &layout)
  }

  func forward(_ x0: Matrix, _ x: Matrix, _ pass: Pass) -> Matrix {
    let product = linear.forward(x, pass)
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    for b in 0..<x.rows {
      let (input, weighted, previous, to) = (x0.row(b), product.row(b), x.row(b), y.row(b))
      for c in 0..<x.columns { to[c] = previous[c].addingProduct(input[c], weighted[c]) }
    }
    saved = (x0, product)
    return y
  }

  /// dx = dy + (dy * x0) W^T, which it returns; dx0 += dy * (x W + b).
  func backward(_ dy: Matrix, _ dx0: Matrix, _ pass: Pass) -> Matrix {
    guard let (x0, product) = saved else { preconditionFailure("backward follows forward") }
    let dproduct = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for b in 0..<dy.rows {
      let (d, input, weighted) = (dy.row(b), x0.row(b), product.row(b))
      let (toProduct, toInput) = (dproduct.row(b), dx0.row(b))
      for c in 0..<dy.columns { toProduct[c] = d[c] * input[c] }
      for c in 0..<dy.columns { toInput[c] = toInput[c].addingProduct(d[c], weighted[c]) }
    }
    let dx = linear.backward(dproduct, pass)
    Elementwise.add(dx.values, dy.values, count: dx.rows * dx.columns)
    return dx
  }
}
