/// Stochastic gradient descent, w <- w - rate g. Keeps no state.
package enum SGD {
  /// Over a flat block of weights.
  @inline(__always)
  static func step(
    _ weights: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>,
    _ gradients: UnsafePointer<Float>, rate: Float, count: Int
  ) {
    for i in 0..<count { weights[i] = source[i].addingProduct(-rate, gradients[i]) }
  }
}
