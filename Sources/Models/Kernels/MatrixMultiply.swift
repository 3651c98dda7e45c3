import CLanes

/// Row-major single-precision products, for the shapes of CTR models: tens to thousands of rows, tens to hundreds
/// of columns. Operands lie where the layers have them; nothing is packed, and short calls cost little more than
/// their arithmetic.
///
/// Every element of c is one chain of fused multiply-adds over k: its bits depend neither on the other rows of the
/// call nor on how many there are. Forward passes may therefore take the rows of all shards in one call; only sums
/// over samples, the gradients of weights, are taken shard by shard.
package enum MatrixMultiply {
  /// What a product is added to.
  package enum Start {
    case zero
    /// c as it is.
    case sum
    /// The same row [n] for every row of c: a bias.
    case row(UnsafePointer<Float>)
  }

  /// c [m x n] = start + a [m x k] b [k x n].
  package static func multiply(
    _ a: MatrixView, _ b: MatrixView, into c: MutableMatrixView, start: Start
  ) {
    assert(a.rows == c.rows && a.columns == b.rows && b.columns == c.columns, "the shapes fit")
    let start = Origin(start, c)
    if b.columns == 1, b.stride == 1 {
      for i in 0..<c.rows {
        let first = start.values.map { $0[i * start.stride] } ?? 0
        c.values[i * c.stride] = first + Elementwise.dot(a.values + i * a.stride, b.values, count: a.columns)
      }
      return
    }
    blocks(Operand(start: a.values, perRow: a.stride, perTerm: 1), b, c, start)
  }

  /// c [m x n] = start + a^T b, with a [k x m] and b [k x n]: the gradient of weights from k samples.
  package static func multiplyTransposedLeft(
    _ a: MatrixView, _ b: MatrixView, into c: MutableMatrixView, start: Start
  ) {
    assert(a.columns == c.rows && a.rows == b.rows && b.columns == c.columns, "the shapes fit")
    if c.columns == 1, c.stride == 1, case .sum = start {
      for p in 0..<a.rows {
        Elementwise.addScaled(c.values, a.values + p * a.stride, b.values[p * b.stride], count: c.rows)
      }
      return
    }
    blocks(Operand(start: a.values, perRow: 1, perTerm: a.stride), b, c, Origin(start, c))
  }

  /// Terms of the sums that are taken together: they decide how much of the cache a strip of b and the rows of a
  /// need.
  private static let block = 256

  private static func blocks(_ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ start: Origin) {
    let terms = b.rows
    // Sums over many samples read both operands anew for every tile: fewer at a time stay in the cache.
    let block = a.perRow == 1 ? min(block, max(32, 8192 / (c.rows + c.columns + 1))) : block
    var term = 0
    repeat {
      let count = min(block, terms - term)
      let left = Operand(start: a.start + term * a.perTerm, perRow: a.perRow, perTerm: a.perTerm)
      let right = MatrixView(b.values + term * b.stride, rows: count, columns: b.columns, stride: b.stride)
      strips(left, right, c, term == 0 ? start : Origin(.sum, c))
      term += count
    } while term < terms
  }

  /// Strips of columns as wide as two registers; the last is as wide as more than one and up to three.
  private static func strips(_ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ start: Origin) {
    if c.columns < 8 { return narrow(a, b, c, start) }
    if lcft_register_floats() == 16 && c.columns > 16 {
      strips(Lanes16.self, a, b, c, start)
    } else {
      strips(Lanes8.self, a, b, c, start)
    }
  }

  @inline(__always)
  private static func strips<Register: Lanes>(
    _ register: Register.Type, _ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ start: Origin
  ) {
    typealias Two = LanesPair<Register, Register>
    let size = Register.count
    var column = 0
    while c.columns - column > 3 * size {
      rows(Two.self, a, b, c, column, 2 * size, start)
      column += 2 * size
    }
    let width = c.columns - column
    if width > 2 * size {
      rows(LanesPair<Two, Register>.self, a, b, c, column, width, start)
    } else if width > size {
      rows(Two.self, a, b, c, column, width, start)
    } else {
      rows(Register.self, a, b, c, column, width, start)
    }
  }

  /// Fewer than eight columns, one element after the other.
  private static func narrow(_ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ start: Origin) {
    for i in 0..<c.rows {
      let row = a.start + i * a.perRow
      for j in 0..<c.columns {
        var sum = start.values.map { $0[i * start.stride + j] } ?? 0
        for p in 0..<b.rows { sum.addProduct(row[p * a.perTerm], b.values[p * b.stride + j]) }
        c.values[i * c.stride + j] = sum
      }
    }
  }
}
