/// Fields joined with their pairwise products (`ProductKind`): y = [x ; product(v_i, v_j) for i < j], for
/// x [B x F E] with F fields v_i of width E.
final class FieldProducts: Layer {
  let outputs: Int
  private let kind: ProductKind
  private let fields: Int
  private let width: Int
  private var x: Matrix?

  init(_ kind: ProductKind, fields: Int, width: Int) {
    self.kind = kind
    self.fields = fields
    self.width = width
    outputs = fields * width + fields * (fields - 1) / 2 * kind.values(width: width)
  }

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    self.x = x
    let y = Matrix(x.partition, columns: outputs, in: pass.arena)
    for b in 0..<x.rows {
      let row = x.row(b)
      y.row(b).update(from: row, count: x.columns)
      forEachPair { i, j, product in
        let (first, second, to) = (row + i, row + j, y.row(b) + product)
        switch kind {
        case .elementwise:
          for c in 0..<width { to[c] = first[c] * second[c] }
        case .inner:
          to[0] = Elementwise.dot(first, second, count: width)
        case .outer:
          for r in 0..<width {
            for c in 0..<width { to[r * width + c] = first[r] * second[c] }
          }
        }
      }
    }
    return y
  }

  /// dx is the part of dy at x; then for each pair dv_i += d(product)/dv_i, and likewise for v_j.
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let x else { preconditionFailure("backward follows forward") }
    let dx = Matrix(dy.partition, columns: x.columns, in: pass.arena)
    for b in 0..<x.rows {
      dx.row(b).update(from: dy.row(b), count: x.columns)
      forEachPair { i, j, product in
        let (first, second, d) = (x.row(b) + i, x.row(b) + j, dy.row(b) + product)
        let (dfirst, dsecond) = (dx.row(b) + i, dx.row(b) + j)
        switch kind {
        case .elementwise:
          for c in 0..<width { dfirst[c] = dfirst[c].addingProduct(d[c], second[c]) }
          for c in 0..<width { dsecond[c] = dsecond[c].addingProduct(d[c], first[c]) }
        case .inner:
          Elementwise.addScaled(dfirst, second, d[0], count: width)
          Elementwise.addScaled(dsecond, first, d[0], count: width)
        case .outer:
          for r in 0..<width {
            dfirst[r] += Elementwise.dot(d + r * width, second, count: width)
            Elementwise.addScaled(dsecond, d + r * width, first[r], count: width)
          }
        }
      }
    }
    return dx
  }

  /// Calls `body` with where the two fields of each pair start in x, and the pair's products in y.
  @inline(__always)
  private func forEachPair(_ body: (_ i: Int, _ j: Int, _ product: Int) -> Void) {
    var product = fields * width
    for i in 0..<fields {
      for j in i + 1..<max(fields, i + 1) {
        body(i * width, j * width, product)
        product += kind.values(width: width)
      }
    }
  }
}
