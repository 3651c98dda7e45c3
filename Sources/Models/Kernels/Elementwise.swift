/// Loops over contiguous floats, written so that the compiler vectorises them.
public enum Elementwise {
  /// exp(x) for -87 <= x <= 88, clamped outside, to 2 units in the last place: 2^n e^r with
  /// |r| <= ln 2 / 2 and a polynomial of degree 6 (the coefficients are those of Cephes' expf). NaN stays NaN.
  @inlinable @inline(__always)
  package static func exponential(_ x: Float) -> Float {
    let clamped = Swift.min(Swift.max(x, -87), 88)
    // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits of the significand.
    let shifted = Float(12_582_912).addingProduct(clamped, 1.442_695_04)
    let n = shifted - 12_582_912
    let r = clamped.addingProduct(n, -0.693_359_375).addingProduct(n, 2.121_944_4e-4)
    var polynomial = Float(1.987_569_15e-4)
    polynomial = Float(1.398_199_950_7e-3).addingProduct(polynomial, r)
    polynomial = Float(8.333_451_907_3e-3).addingProduct(polynomial, r)
    polynomial = Float(4.166_579_589_4e-2).addingProduct(polynomial, r)
    polynomial = Float(1.666_666_545_9e-1).addingProduct(polynomial, r)
    polynomial = Float(5.000_000_120_1e-1).addingProduct(polynomial, r)
    let value = (r + 1).addingProduct(polynomial, r * r)
    return Float(bitPattern: value.bitPattern &+ (shifted.bitPattern &<< 23))
  }

  /// 1 / (1 + e^-x), to 4 units in the last place for |x| <= 87; 1 and at most 2e-38 beyond.
  @inlinable @inline(__always)
  package static func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

  /// 2 sigmoid(2x) - 1, to 3e-7 absolute.
  @inlinable @inline(__always)
  package static func tanh(_ x: Float) -> Float { 2 * sigmoid(2 * x) - 1 }

  /// y = sigmoid(x), in place.
  package static func sigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { values[i] = sigmoid(values[i]) }
  }

  /// y = e^x / sum of e^x, in place, over at least one element.
  package static func softmax(_ values: UnsafeMutablePointer<Float>, count: Int) {
    assert(count > 0, "a softmax needs an element")
    var highest = values[0]
    for i in 1..<count { highest = max(highest, values[i]) }
    for i in 0..<count { values[i] = exponential(values[i] - highest) }
    var sum: Float = 0
    for i in 0..<count { sum += values[i] }
    let scale = 1 / sum
    for i in 0..<count { values[i] *= scale }
  }

  /// y += x.
  @inlinable @inline(__always)
  static func add(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int) {
    for i in 0..<count { y[i] += x[i] }
  }

  /// y += a x.
  @inlinable @inline(__always)
  package static func addScaled(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ a: Float, count: Int
  ) {
    for i in 0..<count { y[i] = y[i].addingProduct(a, x[i]) }
  }

  /// sum of x y, in eight partial sums so that the loop vectorises.
  @inlinable @inline(__always)
  static func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int) -> Float {
    var partial = SIMD8<Float>(repeating: 0)
    var i = 0
    while i + 8 <= count {
      let a = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
      let b = UnsafeRawPointer(y + i).loadUnaligned(as: SIMD8<Float>.self)
      partial += a * b
      i += 8
    }
    var sum = partial.sum()
    while i < count {
      sum += x[i] * y[i]
      i += 1
    }
    return sum
  }

  /// sums[c] += x[r][c] over the rows: the gradient of a bias.
  static func addRows(
    _ sums: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int
  ) {
    for r in 0..<rows { add(sums, x + r * stride, count: columns) }
  }
}
