/// y = p x + (1 - p) slope x with p = sigmoid(x^), x^ the standardised input: DIN's data-adaptive
/// activation (Zhou et al., KDD 2018, eq. 3).
package final class Dice: Layer {
  private let standardization: Standardization
  private let slope: Int
  private var x: Matrix?
  /// p [B x columns].
  private var gate: Matrix?

  package init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    standardization = Standardization(name, columns: columns, in: &layout)
    slope = layout.addParameter("\(name)/slope", [columns], .constant(0))
  }

  package func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    let moments = try standardization.forward(x, pass)
    let gate = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let slope = pass.parameters + slope
    for r in 0..<x.rows {
      let (from, p, to) = (x.row(r), gate.row(r), y.row(r))
      for c in 0..<x.columns { p[c] = Elementwise.sigmoid(moments.standardized(from[c], c)) }
      for c in 0..<x.columns { to[c] = from[c] * (p[c] + (1 - p[c]) * slope[c]) }
    }
    self.x = x
    self.gate = gate
    return y
  }

  /// dslope += sum of dy (1 - p) x; dx = dy (p + (1 - p) slope) directly, and through the gate
  /// dx^ = dy x (1 - slope) p (1 - p).
  package func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    guard let x, let gate else { preconditionFailure("backward follows forward") }
    let slope = pass.parameters + slope
    let direct = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    let throughGate = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    pass.forEachSum(dy.partition) { sum in
      let dslope = sum.gradients + self.slope
      for r in sum.rows {
        let (d, input, p) = (dy.row(r), x.row(r), gate.row(r))
        let (to, toGate) = (direct.row(r), throughGate.row(r))
        let coefficient = sum.coefficient(r)
        for c in 0..<dy.columns {
          let product = d[c] * input[c]
          let rest = 1 - p[c]
          dslope[c] = dslope[c].addingProduct(coefficient * product, rest)
          to[c] = d[c] * (p[c] + rest * slope[c])
          toGate[c] = product * (1 - slope[c]) * p[c] * rest
        }
      }
    }
    return try standardization.backward(throughGate, addedTo: direct, pass)
  }
}
