/// Stochastic gradient descent, w <- w - rate g. Keeps no state.
public enum SGD {
  /// Over a flat block of weights.
  @inline(__always)
  static func step(
    _ weights: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, rate: Float, count: Int
  ) {
    Elementwise.addScaled(weights, gradients, -rate, count: count)
  }
}
