/// x^ = (x - mean) / sqrt(variance + epsilon) per column: the part that batch normalisation (Ioffe,
/// Szegedy 2015, Algorithm 1) and Dice share.
///
/// In `.batch` mode mean and (biased) variance are those of the whole batch over all ranks, and the moving
/// ones follow (`MovingAverage`). In `.moving` mode the moving ones are used as they are and the map is affine.
final class Standardization {
  /// The reference implementation's framework's default.
  static let epsilon = 1e-3

  /// The map's numbers per column; valid until the pass's arena is reset.
  struct Moments: BitwiseCopyable {
    var mean: UnsafeMutablePointer<Float>
    var inverseDeviation: UnsafeMutablePointer<Float>

    /// x^ of a value in column `column`.
    @inline(__always)
    func standardized(_ x: Float, _ column: Int) -> Float { (x - mean[column]) * inverseDeviation[column] }
  }

  let columns: Int
  private let movingMean: Int
  private let movingVariance: Int
  private var x: Matrix?
  private var last: Moments?
  /// Samples of the whole batch, over all ranks.
  private var batchCount = 0.0

  init(_ name: String, columns: Int, in layout: inout ModelLayout) {
    self.columns = columns
    movingMean = layout.addStatistic("\(name)/moving_mean", [columns], .constant(0))
    movingVariance = layout.addStatistic("\(name)/moving_variance", [columns], .constant(1))
  }

  /// The map of the last `forward`.
  var moments: Moments {
    guard let last else { preconditionFailure("backward follows forward") }
    return last
  }

  /// The map for `x`, which the caller applies where it uses x^.
  func forward(_ x: Matrix, _ pass: Pass) throws -> Moments {
    assert(x.columns == columns, "a mean and a variance per column")
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
      // Pairs with entries of histories that are all empty: there are no rows, and no moments to learn from.
      guard batchCount > 0 else { break }
      let kept = pass.keptStatistics
      for c in 0..<columns {
        let m = sums[c] / batchCount
        let variance = max(0, sums[columns + c] / batchCount - m * m)
        mean[c] = Float(m)
        inverse[c] = Float(1 / (variance + Standardization.epsilon).squareRoot())
        movingMean[c] = Float(kept * Double(movingMean[c]) + (1 - kept) * m)
        movingVariance[c] = Float(kept * Double(movingVariance[c]) + (1 - kept) * variance)
      }
    }
    let moments = Moments(mean: mean, inverseDeviation: inverse)
    self.x = x
    last = moments
    return moments
  }

  /// In `.batch` mode dx = (dy - mean(dy) - x^ mean(dy x^)) / deviation, as mean and variance depend on x;
  /// in `.moving` mode dx = dy / deviation. Without `sum` dx overwrites `dy`, which is returned; with `sum` dx is
  /// added to it, `sum` is returned, and `dy` is no longer valid.
  func backward(_ dy: Matrix, addedTo sum: Matrix? = nil, _ pass: Pass) throws -> Matrix {
    guard let x else { preconditionFailure("backward follows forward") }
    let moments = moments
    let inverse = moments.inverseDeviation
    switch pass.normalization {
    case .moving:
      for r in 0..<dy.rows {
        let d = dy.row(r)
        if let to = sum?.row(r) {
          for c in 0..<columns { to[c] = to[c].addingProduct(d[c], inverse[c]) }
        } else {
          for c in 0..<columns { d[c] *= inverse[c] }
        }
      }
    case .batch:
      let sums = try gradientSums(dy, x, moments, pass)
      let meanGradient = pass.arena.take(columns, of: Float.self)
      let meanProduct = pass.arena.take(columns, of: Float.self)
      for c in 0..<columns {
        meanGradient[c] = Float(sums[c] / batchCount)
        meanProduct[c] = Float(sums[columns + c] / batchCount)
      }
      for r in 0..<dy.rows {
        let (d, input) = (dy.row(r), x.row(r))
        for c in 0..<columns {
          let product = moments.standardized(input[c], c) * meanProduct[c]
          d[c] = (d[c] - meanGradient[c] - product) * inverse[c]
        }
        if let to = sum?.row(r) { Elementwise.add(to, d, count: columns) }
      }
    }
    return sum ?? dy
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
    _ dy: Matrix, _ x: Matrix, _ moments: Moments, _ pass: Pass
  ) throws -> UnsafeMutablePointer<Double> {
    let width = 2 * columns
    let sums = pass.arena.takeZeros(dy.partition.shards * width, of: Double.self)
    for shard in 0..<dy.partition.shards {
      let sum = sums + shard * width
      let products = sum + columns
      for r in dy.partition.rows(ofShard: shard) {
        let (d, input) = (dy.row(r), x.row(r))
        for c in 0..<columns {
          sum[c] += Double(d[c])
          products[c] += Double(d[c]) * Double(moments.standardized(input[c], c))
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
