import Models

/// What one core reaches when it does nothing but multiply matrices that lie in the cache, or take sigmoids: the two
/// ceilings of the roofline.
struct Ceilings: CustomStringConvertible {
  /// Floating-point operations a second, of the machine's own sgemm or of our products, whichever is faster.
  let floating: Double
  /// Sigmoids a second.
  let exponentials: Double

  /// The least time that a core takes for them.
  func seconds(_ operations: Operations) -> Double {
    operations.floating / floating + operations.exponentials / exponentials
  }

  var description: String {
    "lcft ceilings of one core: \(Int(floating / 1e9)) GFLOP/s, \(Int(exponentials / 1e6)) million sigmoids/s"
  }

  static func measure() throws -> Ceilings {
    var floating = try KernelBenchmarks.ceiling().rate
    for (m, n, k) in [(30, 200, 63), (128, 80, 200), (128, 200, 63), (1000, 80, 18), (220, 80, 128)] {
      let arena = Arena()
      func matrix(_ rows: Int, _ columns: Int) -> MutableMatrixView {
        let values = arena.take(rows * columns, of: Float.self)
        values.update(from: KernelBenchmarks.numbers(rows * columns), count: rows * columns)
        return MutableMatrixView(values, rows: rows, columns: columns)
      }
      let (a, b, c) = (matrix(m, k), matrix(k, n), matrix(m, n))
      let repeats = 40_000_000 / (m * n * k)
      let product = try Measurement.best(of: 10) {
        for _ in 0..<repeats { MatrixMultiply.multiply(MatrixView(a), MatrixView(b), into: c, start: .zero) }
        return 2 * Double(repeats * m * n * k)
      }
      floating = max(floating, product.rate)
    }
    return Ceilings(floating: floating, exponentials: try KernelBenchmarks.sigmoid().rate)
  }
}
