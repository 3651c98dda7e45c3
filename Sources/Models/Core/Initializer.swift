import Support

/// The values that a tensor starts with.
package enum Initializer: Sendable, Equatable {
  case constant(Float)
  /// Uniform in [-a, a), a = sqrt(6 / (rows + columns)) (Glorot, Bengio 2010).
  case glorotUniform

  /// Fills `values` [rows x columns]. Row r draws from its own stream, keyed by the seed, the tensor's
  /// name and r, so that ranks may fill any part in any order.
  package func fill(
    _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, name: String, seed: UInt64
  ) {
    switch self {
    case .constant(let value):
      values.update(repeating: value, count: rows * columns)
    case .glorotUniform:
      let limit = (6 / Double(rows + columns)).squareRoot()
      let key = KeyedRandom.key(name)
      for row in 0..<rows {
        var random = KeyedRandom(seed: seed, key, UInt64(row))
        let start = values + row * columns
        for column in 0..<columns { start[column] = Float((2 * random.uniform() - 1) * limit) }
      }
    }
  }
}
