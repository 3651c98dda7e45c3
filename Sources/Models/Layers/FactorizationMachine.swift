/// The second order of a factorisation machine (Rendle, ICDM 2010, eq. 5): the sum of the dot products of all
/// pairs of fields,
///
///     y_b = sum over i < j of v_i . v_j = 1/2 (|sum of v_i|^2 - sum of |v_i|^2)
///
/// for x [B x F E] of F fields v_i of width E; linear in the number of fields.
final class FactorizationMachine: Layer {
  private let fields: Int
  private let width: Int
  private var x: Matrix?
  /// [B x E] the sums of the fields.
  private var sums: Matrix?

  init(fields: Int, width: Int) {
    self.fields = fields
    self.width = width
  }

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    let sums = Matrix(zeros: x.partition, columns: width, in: pass.arena)
    let y = Matrix(x.partition, columns: 1, in: pass.arena)
    for b in 0..<x.rows {
      let (row, sum) = (x.row(b), sums.row(b))
      for field in 0..<fields { Elementwise.add(sum, row + field * width, count: width) }
      y.values[b] =
        0.5
        * (Elementwise.dot(sum, sum, count: width) - Elementwise.dot(row, row, count: fields * width))
    }
    self.x = x
    self.sums = sums
    return y
  }

  /// dv_i = dy (sum of all v - v_i).
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let x, let sums else { preconditionFailure("backward follows forward") }
    let dx = Matrix(dy.partition, columns: x.columns, in: pass.arena)
    for b in 0..<x.rows {
      let (row, sum, d) = (x.row(b), sums.row(b), dy.row(b)[0])
      for field in 0..<fields {
        let (value, to) = (row + field * width, dx.row(b) + field * width)
        for c in 0..<width { to[c] = d * (sum[c] - value[c]) }
      }
    }
    return dx
  }
}
