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
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int, start: Start
  ) {
    let start = Origin(start, c, cStride)
    if n == 1, bStride == 1 {
      for i in 0..<m {
        let first = start.values.map { $0[i * start.stride] } ?? 0
        c[i * cStride] = first + Elementwise.dot(a + i * aStride, b, count: k)
      }
      return
    }
    let left = Operand(start: a, perRow: aStride, perTerm: 1)
    blocks(m, n, k, left, b, bStride, c, cStride, start)
  }

  /// c [m x n] = start + a^T b, with a [k x m] and b [k x n]: the gradient of weights from k samples.
  package static func multiplyTransposedLeft(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int, start: Start
  ) {
    if n == 1, cStride == 1, case .sum = start {
      for p in 0..<k { Elementwise.addScaled(c, a + p * aStride, b[p * bStride], count: m) }
      return
    }
    let left = Operand(start: a, perRow: 1, perTerm: aStride)
    blocks(m, n, k, left, b, bStride, c, cStride, Origin(start, c, cStride))
  }

  /// Terms of the sums that are taken together: what a strip of b and the rows of a need of the cache.
  private static let block = 256

  private static func blocks(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ start: Origin
  ) {
    // Sums over many samples read both operands anew for every tile: fewer at a time stay close.
    let block = a.perRow == 1 ? min(block, max(32, 8192 / (m + n + 1))) : block
    var term = 0
    repeat {
      let count = min(block, k - term)
      let left = Operand(start: a.start + term * a.perTerm, perRow: a.perRow, perTerm: a.perTerm)
      strips(
        m, n, count, left, b + term * bStride, bStride, c, cStride,
        term == 0 ? start : Origin(.sum, c, cStride))
      term += count
    } while term < k
  }

  /// Strips of columns as wide as two registers where there are enough of them, then narrower; the last columns
  /// are done once more with those before them, and only they are stored.
  private static func strips(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ start: Origin
  ) {
    let right = (values: b, stride: bStride)
    let result = (values: c, stride: cStride)
    var column = 0
    if lcft_register_floats() == 16 {
      while n - column >= 32 {
        rows(Lanes32.self, m, k, a, right, result, column, 32, start)
        column += 32
      }
    }
    while n - column >= 16 {
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
      narrow(m, n, k, a, right, result, start)
    }
  }

  /// Fewer than eight columns, one element after the other.
  private static func narrow(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: (values: UnsafePointer<Float>, stride: Int),
    _ c: (values: UnsafeMutablePointer<Float>, stride: Int), _ start: Origin
  ) {
    for i in 0..<m {
      let row = a.start + i * a.perRow
      for j in 0..<n {
        var sum = start.values.map { $0[i * start.stride + j] } ?? 0
        for p in 0..<k { sum.addProduct(row[p * a.perTerm], b.values[p * b.stride + j]) }
        c.values[i * c.stride + j] = sum
      }
    }
  }
}
