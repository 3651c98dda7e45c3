/// Stochastic gradient descent, w <- w - rate g.
public enum SGD {
  /// Over a flat block of weights.
  public static func step(
    _ weights: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, rate: Float, count: Int
  ) {
    Elementwise.addScaled(weights, gradients, -rate, count: count)
  }

  /// Over touched rows of a table: row `rows[r]` of `table` takes `gradients` row r, both `width` wide.
  public static func step(
    table: UnsafeMutablePointer<Float>, rows: UnsafePointer<Int32>, count: Int, width: Int,
    _ gradients: UnsafePointer<Float>, rate: Float
  ) {
    for r in 0..<count {
      Elementwise.addScaled(table + Int(rows[r]) * width, gradients + r * width, -rate, count: width)
    }
  }
}
