/// y = scale x^ + shift per column, x^ the standardised input (Ioffe, Szegedy 2015).
package final class BatchNormalization: Layer {
  private let standardization: Standardization
  private let scale: Int
  private let shift: Int
  private var x: Matrix?

  package init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    standardization = Standardization(name, columns: columns, in: &layout)
    scale = layout.addParameter("\(name)/scale", [columns], .constant(1))
    shift = layout.addParameter("\(name)/shift", [columns], .constant(0))
  }

  package func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    let moments = try standardization.forward(x, pass)
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let scale = pass.parameters + scale
    let shift = pass.parameters + shift
    for r in 0..<x.rows {
      let (from, to) = (x.row(r), y.row(r))
      for c in 0..<x.columns { to[c] = shift[c].addingProduct(scale[c], moments.standardized(from[c], c)) }
    }
    self.x = x
    return y
  }

  /// dscale += sum of dy x^, dshift += sum of dy, dx^ = dy scale.
  package func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    guard let x else { preconditionFailure("backward follows forward") }
    let moments = standardization.moments
    let scale = pass.parameters + scale
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    pass.forEachSum(dy.partition) { sum in
      let dscale = sum.gradients + self.scale
      let dshift = sum.gradients + shift
      for r in sum.rows {
        let (d, input, to) = (dy.row(r), x.row(r), dx.row(r))
        let coefficient = sum.coefficient(r)
        for c in 0..<dy.columns {
          let own = coefficient * d[c]
          dscale[c] = dscale[c].addingProduct(own, moments.standardized(input[c], c))
          dshift[c] += own
          to[c] = d[c] * scale[c]
        }
      }
    }
    return try standardization.backward(dx, pass)
  }
}
