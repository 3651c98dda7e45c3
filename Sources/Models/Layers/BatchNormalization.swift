/// y = scale x^ + shift per column, x^ the standardised input (Ioffe, Szegedy 2015).
final class BatchNormalization: Layer {
  private let standardization: Standardization
  private let scale: Int
  private let shift: Int
  private var standardized: Matrix?

  init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    standardization = Standardization(name, columns: columns, in: &layout)
    scale = layout.addParameter("\(name)/scale", [columns], .constant(1))
    shift = layout.addParameter("\(name)/shift", [columns], .constant(0))
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    let x = try standardization.forward(x, pass)
    standardized = x
    let y = Matrix(x.partition, columns: x.columns, in: pass.arena)
    let scale = pass.parameters + scale
    let shift = pass.parameters + shift
    for r in 0..<x.rows {
      let from = x.row(r)
      let to = y.row(r)
      for c in 0..<x.columns { to[c] = shift[c].addingProduct(scale[c], from[c]) }
    }
    return y
  }

  /// dscale += sum of dy x^, dshift += sum of dy, dx^ = dy scale.
  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    guard let x = standardized else { preconditionFailure("backward follows forward") }
    let scale = pass.parameters + scale
    let dx = Matrix(dy.partition, columns: dy.columns, in: pass.arena)
    for shard in 0..<dy.partition.shards {
      let dscale = pass.gradient(shard: shard, offset: self.scale)
      let dshift = pass.gradient(shard: shard, offset: shift)
      for r in dy.partition.rows(ofShard: shard) {
        let d = dy.row(r)
        let input = x.row(r)
        let to = dx.row(r)
        for c in 0..<dy.columns {
          dscale[c] = dscale[c].addingProduct(d[c], input[c])
          dshift[c] += d[c]
          to[c] = d[c] * scale[c]
        }
      }
    }
    return try standardization.backward(dx, pass)
  }
}
