/// x^ = (x - mean) / sqrt(variance + epsilon) per column: the part that batch normalisation (Ioffe,
/// Szegedy 2015, Algorithm 1) and Dice share.
///
/// In `.batch` mode mean and (biased) variance are those of the whole batch over all ranks, and the moving
/// ones follow: m <- momentum m + (1 - momentum) mean. In `.moving` mode the moving ones are used as they
/// are and the map is affine.
final class Standardization {
  /// The reference implementation's framework defaults.
  static let momentum = 0.99
  static let epsilon = 1e-3

  let columns: Int
  private let movingMean: Int
  private let movingVariance: Int
  private var standardized: Matrix?
  private var inverseDeviation: UnsafeMutablePointer<Float>?
  /// Samples of the whole batch, over all ranks.
  private var batchCount = 0.0

  init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    self.columns = columns
    movingMean = layout.addStatistic("\(name)/moving_mean", [columns], .constant(0))
    movingVariance = layout.addStatistic("\(name)/moving_variance", [columns], .constant(1))
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    let mean = pass.arena.take(columns, of: Float.self)
    let inverse = pass.arena.take(columns, of: Float.self)
    let movingMean = pass.statistics + movingMean
    let movingVariance = pass.statistics + movingVariance
    switch pass.normalization {
    case .moving:
      for c in 0..<columns {
        mean[c] = movingMean[c]
        inverse[c] = 1 / (movingVariance[c] + Float(Standardization.epsilon)).squareRoot()
      }
    case .batch:
      let sums = try batchSums(x, pass)
      batchCount = sums[2 * columns]
      let kept = Standardization.momentum
      for c in 0..<columns {
        let m = sums[c] / batchCount
        let variance = max(0, sums[columns + c] / batchCount - m * m)
        mean[c] = Float(m)
        inverse[c] = Float(1 / (variance + Standardization.epsilon).squareRoot())
        movingMean[c] = Float(kept * Double(movingMean[c]) + (1 - kept) * m)
        movingVariance[c] = Float(kept * Double(movingVariance[c]) + (1 - kept) * variance)
      }
    }
    let y = Matrix(x.partition, columns: columns, in: pass.arena)
    for r in 0..<x.rows {
      let from = x.row(r)
      let to = y.row(r)
      for c in 0..<columns { to[c] = (from[c] - mean[c]) * inverse[c] }
    }
    standardized = y
    inverseDeviation = inverse
    return y
  }

  /// In `.batch` mode dx = (dy - mean(dy) - x^ mean(dy x^)) / deviation, as mean and variance depend on x;
  /// in `.moving` mode dx = dy / deviation. Overwrites `dy` with the result.
  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    guard let y = standardized, let inverse = inverseDeviation else {
      preconditionFailure("backward follows forward")
    }
    switch pass.normalization {
    case .moving:
      for r in 0..<dy.rows {
        let d = dy.row(r)
        for c in 0..<columns { d[c] *= inverse[c] }
      }
    case .batch:
      let sums = try gradientSums(dy, y, pass)
      let meanGradient = pass.arena.take(columns, of: Float.self)
      let meanProduct = pass.arena.take(columns, of: Float.self)
      for c in 0..<columns {
        meanGradient[c] = Float(sums[c] / batchCount)
        meanProduct[c] = Float(sums[columns + c] / batchCount)
      }
      for r in 0..<dy.rows {
        let d = dy.row(r)
        let x = y.row(r)
        for c in 0..<columns { d[c] = (d[c] - meanGradient[c] - x[c] * meanProduct[c]) * inverse[c] }
      }
    }
    return dy
  }

  /// Over all shards of all ranks: sum of x [columns], sum of x^2 [columns], number of samples.
  private func batchSums(_ x: Matrix, _ pass: Pass) throws -> UnsafeMutablePointer<Double> {
    let width = 2 * columns + 1
    let sums = pass.arena.takeZeros(x.partition.shards * width, of: Double.self)
    for shard in 0..<x.partition.shards {
      let rows = x.partition.rows(ofShard: shard)
      let sum = sums + shard * width
      let squares = sum + columns
      for r in rows {
        let values = x.row(r)
        for c in 0..<columns {
          let value = Double(values[c])
          sum[c] += value
          squares[c] += value * value
        }
      }
      sum[2 * columns] = Double(rows.count)
    }
    try reduce(sums, count: width, pass)
    return sums
  }

  /// Over all shards of all ranks: sum of dy [columns], sum of dy x^ [columns].
  private func gradientSums(
    _ dy: Matrix, _ y: Matrix, _ pass: Pass
  ) throws -> UnsafeMutablePointer<Double> {
    let width = 2 * columns
    let sums = pass.arena.takeZeros(dy.partition.shards * width, of: Double.self)
    for shard in 0..<dy.partition.shards {
      let sum = sums + shard * width
      let products = sum + columns
      for r in dy.partition.rows(ofShard: shard) {
        let d = dy.row(r)
        let x = y.row(r)
        for c in 0..<columns {
          sum[c] += Double(d[c])
          products[c] += Double(d[c]) * Double(x[c])
        }
      }
    }
    try reduce(sums, count: width, pass)
    return sums
  }

  private func reduce(_ sums: UnsafeMutablePointer<Double>, count: Int, _ pass: Pass) throws {
    guard let reducer = pass.reducer else {
      preconditionFailure("batch statistics need the pass's reducer")
    }
    try reducer.sum(sums, count: count)
  }
}
