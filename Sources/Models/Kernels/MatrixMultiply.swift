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

  /// Strips of columns as wide as two registers, or three where that leaves no narrow strip, then narrower; the last
  /// columns are computed together with some of those before them, and only they are stored.
  private static func strips(_ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ start: Origin) {
    let (m, n, k) = (c.rows, c.columns, b.rows)
    let right = (values: b.values, stride: b.stride)
    let result = (values: c.values, stride: c.stride)
    var column = 0
    if lcft_register_floats() == 16 {
      while n - column >= 32 {
        rows(Lanes32.self, m, k, a, right, result, column, 32, start)
        column += 32
      }
    }
    while n - column >= 16 {
      if lcft_register_floats() == 8, n - column == 24 {
        rows(Lanes24.self, m, k, a, right, result, column, 24, start)
        return
      }
      rows(Lanes16.self, m, k, a, right, result, column, 16, start)
      column += 16
    }
    if n - column >= 8 {
      rows(Lanes8.self, m, k, a, right, result, column, 8, start)
      column += 8
    }
    guard column < n else { return }
    if n >= 8 {
      rows(Lanes8.self, m, k, a, right, result, n - 8, n - column, start)
    } else {
      narrow(a, b, c, start)
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
