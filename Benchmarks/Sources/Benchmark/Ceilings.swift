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
      let product = try KernelBenchmarks.product(m, n, k, runs: 10)
      floating = max(floating, 2 * Double(m * n * k) * product.rate)
    }
    return Ceilings(floating: floating, exponentials: try KernelBenchmarks.sigmoid().rate)
  }
}
