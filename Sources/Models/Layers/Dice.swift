/// y = p x + (1 - p) slope x with p = sigmoid(x^), x^ the standardised input: DIN's data-adaptive
/// activation (Zhou et al., KDD 2018, eq. 3).
final class Dice: Layer {
  private let standardization: Standardization
  private let slope: Int
  private var x: Matrix?
  private var gate: Matrix?

  init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    standardization = Standardization(name, columns: columns, in: &layout)
    slope = layout.addParameter("\(name)/slope", [columns], .constant(0))
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    let p = try standardization.forward(x, pass)
    let gate = Matrix(x.partition, columns: x.columns, in: pass.arena)
    gate.values.update(from: p.values, count: p.rows * p.columns)
    Elementwise.sigmoid(gate.values, count: gate.rows * gate.columns)
    self.x = x
    self.gate = gate
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let slope = pass.parameters + slope
    for r in 0..<x.rows {
      let input = x.row(r)
      let p = gate.row(r)
      let to = y.row(r)
      for c in 0..<x.columns { to[c] = input[c] * (p[c] + (1 - p[c]) * slope[c]) }
    }
    return y
  }

  /// dslope += sum of dy (1 - p) x; dx = dy (p + (1 - p) slope) directly, and through the gate
  /// dx^ = dy x (1 - slope) p (1 - p).
  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    guard let x, let gate else { preconditionFailure("backward follows forward") }
    let slope = pass.parameters + slope
    let direct = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    let throughGate = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for shard in 0..<dy.partition.shards {
      let dslope = pass.gradient(shard: shard, offset: self.slope)
      for r in dy.partition.rows(ofShard: shard) {
        let d = dy.row(r)
        let input = x.row(r)
        let p = gate.row(r)
        let to = direct.row(r)
        let toGate = throughGate.row(r)
        for c in 0..<dy.columns {
          let product = d[c] * input[c]
          let rest = 1 - p[c]
          dslope[c] = dslope[c].addingProduct(product, rest)
          to[c] = d[c] * (p[c] + rest * slope[c])
          toGate[c] = product * (1 - slope[c]) * p[c] * rest
        }
      }
    }
    let dx = try standardization.backward(throughGate, pass)
    Elementwise.add(direct.values, dx.values, count: dx.rows * dx.columns)
    return direct
  }
}
