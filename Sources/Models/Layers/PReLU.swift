/// y = max(x, 0) + slope min(x, 0), with one slope per column, at first 0 (He et al., ICCV 2015, eq. 1).
package final class PReLU: Layer {
  private let slope: Int
  private var x: Matrix?

  package init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    slope = layout.addParameter("\(name)/slope", [columns], .constant(0))
  }

  package func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    self.x = x
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let slope = pass.parameters + slope
    for r in 0..<x.rows {
      let (from, to) = (x.row(r), y.row(r))
      for c in 0..<x.columns { to[c] = max(from[c], 0) + slope[c] * min(from[c], 0) }
    }
    return y
  }

  /// dslope += sum of dy min(x, 0); dx = dy where x > 0, slope dy elsewhere.
  package func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let x else { preconditionFailure("backward follows forward") }
    let slope = pass.parameters + slope
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    pass.forEachSum(dy.partition) { sum in
      let dslope = sum.gradients + self.slope
      for r in sum.rows {
        let (d, input, to) = (dy.row(r), x.row(r), dx.row(r))
        let coefficient = sum.coefficient(r)
        for c in 0..<dy.columns {
          dslope[c] = dslope[c].addingProduct(coefficient * d[c], min(input[c], 0))
          to[c] = d[c] * (input[c] > 0 ? 1 : slope[c])
        }
      }
    }
    return dx
  }
}
