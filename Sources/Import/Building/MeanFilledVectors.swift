import Support

/// Vectors of which some are missing: the mean of the others stands in for these.
struct MeanFilledVectors {
  private let vectors: UnsafePointer<Float>
  private let stride: Int
  private let width: Int
  private let missing: UnsafePointer<UInt8>
  /// Zeros where all are missing.
  let mean: [Float]

  /// With a given `mean`.
  init(
    _ vectors: UnsafePointer<Float>, stride: Int, missing: UnsafePointer<UInt8>, mean: [Float]
  ) {
    self.vectors = vectors
    self.stride = stride
    width = mean.count
    self.missing = missing
    self.mean = mean
  }

  /// - Parameters:
  ///   - vectors: [count] of `width` numbers each, `stride` apart; valid as long as this is used.
  ///   - missing: [count] 1 for those that are missing.
  init(
    _ vectors: UnsafePointer<Float>, stride: Int, width: Int, missing: UnsafePointer<UInt8>, count: Int
  ) {
    var sums = [Double](repeating: 0, count: width)
    var whole = 0
    for rows in Pieces(count, bytesPerRow: stride * MemoryLayout<Float>.stride + 1) {
      for row in rows where missing[row] == 0 {
        whole += 1
        for index in 0..<width { sums[index] += Double(vectors[row * stride + index]) }
      }
    }
    let mean = sums.map { whole == 0 ? 0 : Float($0 / Double(whole)) }
    self.init(vectors, stride: stride, missing: missing, mean: mean)
  }

  /// [rows x width] the vectors of `rows`, -1 for one that is missing.
  func gathered(_ rows: RecordRows) -> Column<Float> {
    let result = Column<Float>(uninitialized: rows.count * width)
    mean.withUnsafeBufferPointer { mean in
      guard let mean = mean.baseAddress, let target = result.values.baseAddress else { return }
      rows.forEach(bytesPerRow: 2 * width * MemoryLayout<Float>.stride + 1) { index, row in
        let source = row < 0 || missing[row] != 0 ? mean : vectors + row * stride
        (target + index * width).update(from: source, count: width)
      }
    }
    return result
  }
}
