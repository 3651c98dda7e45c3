import Support

/// Vectors of which some are missing: the mean of the others stands in for these.
struct MeanFilledVectors {
  private let vectors: UnsafePointer<Float>
  private let stride: Int
  private let width: Int
  private let missing: UnsafePointer<UInt8>
  /// Zeros where all are missing.
  private let mean: [Float]

  /// - Parameters:
  ///   - vectors: [count] of `width` numbers each, `stride` apart; valid as long as this is used.
  ///   - missing: [count] 1 for those that are missing.
  init(
    _ vectors: UnsafePointer<Float>, stride: Int, width: Int, missing: UnsafePointer<UInt8>, count: Int
  ) {
    self.vectors = vectors
    self.stride = stride
    self.width = width
    self.missing = missing
    var sums = [Double](repeating: 0, count: width)
    var whole = 0
    for row in 0..<count where missing[row] == 0 {
      whole += 1
      for index in 0..<width { sums[index] += Double(vectors[row * stride + index]) }
    }
    mean = sums.map { whole == 0 ? 0 : Float($0 / Double(whole)) }
  }

  /// [rows x width] the vectors of `rows`, -1 for one that is missing.
  func gathered(_ rows: Column<Int32>) -> Column<Float> {
    let result = Column<Float>(uninitialized: rows.count * width)
    mean.withUnsafeBufferPointer { mean in
      guard let mean = mean.baseAddress, let target = result.values.baseAddress else { return }
      for index in 0..<rows.count {
        let row = Int(rows[index])
        let source = row < 0 || missing[row] != 0 ? mean : vectors + row * stride
        (target + index * width).update(from: source, count: width)
      }
    }
    return result
  }
}
