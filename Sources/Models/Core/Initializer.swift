import Support

/// The values that a tensor starts with.
package enum Initializer: Sendable, Equatable {
  case constant(Float)
  /// Uniform in [-a, a), a = sqrt(6 / (rows + columns)) (Glorot, Bengio 2010).
  case glorotUniform
  /// Normal with mean 0.
  case normal(deviation: Double)

  /// Fills `values` [rows x columns]. Row r draws from its own stream, keyed by the seed, the tensor's
  /// name and r, so that ranks may fill any part in any order: the rows `part`, all where nil.
  package func fill(
    _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, part: Range<Int>? = nil, name: String,
    seed: UInt64
  ) {
    let part = part ?? 0..<rows
    switch self {
    case .constant(let value):
      (values + part.lowerBound * columns).update(repeating: value, count: part.count * columns)
    case .glorotUniform:
      let limit = (6 / Double(rows + columns)).squareRoot()
      draw(part, columns, name, seed) { values[$0] = Float((2 * $1.uniform() - 1) * limit) }
    case .normal(let deviation):
      draw(part, columns, name, seed) { values[$0] = Float(deviation * $1.normal()) }
    }
  }

  private func draw(
    _ rows: Range<Int>, _ columns: Int, _ name: String, _ seed: UInt64,
    _ body: (Int, inout KeyedRandom) -> Void
  ) {
    let key = KeyedRandom.key(name)
    for row in rows {
      var random = KeyedRandom(seed: seed, key, UInt64(row))
      for column in 0..<columns { body(row * columns + column, &random) }
    }
  }
}
