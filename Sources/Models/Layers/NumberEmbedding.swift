/// A number as a vector: y[n] = x[n] w, or m where x[n] is missing, with w and m [width].
struct NumberEmbedding {
  private let width: Int
  private let weight: Int
  private let missing: Int

  /// Weights that all that use the same `name` share.
  init(_ name: String, width: Int, in layout: inout ModelLayout) {
    self.width = width
    weight = layout.sharedParameter("\(name)/weight", [1, width], .glorotUniform)
    missing = layout.sharedParameter("\(name)/missing", [1, width], .glorotUniform)
  }

  /// Writes [n x width] into `y`.
  func forward(_ x: FeatureValues, _ y: Matrix, _ pass: Pass) {
    let (numbers, isMissing) = parts(x)
    let (weight, missing) = (pass.parameters + weight, pass.parameters + missing)
    for n in 0..<y.rows {
      let to = y.row(n)
      if isMissing[n] != 0 {
        to.update(from: missing, count: width)
      } else {
        for c in 0..<width { to[c] = numbers[n] * weight[c] }
      }
    }
  }

  /// dw += x[n] dy[n], or dm += dy[n].
  func backward(_ x: FeatureValues, _ dy: Matrix, _ pass: Pass) {
    let (numbers, isMissing) = parts(x)
    for shard in 0..<dy.partition.shards {
      let dweight = pass.gradient(shard: shard, offset: weight)
      let dmissing = pass.gradient(shard: shard, offset: missing)
      for n in dy.partition.rows(ofShard: shard) {
        if isMissing[n] != 0 {
          Elementwise.add(dmissing, dy.row(n), count: width)
        } else {
          Elementwise.addScaled(dweight, dy.row(n), numbers[n], count: width)
        }
      }
    }
  }

  private func parts(_ x: FeatureValues) -> (UnsafeMutablePointer<Float>, UnsafePointer<UInt8>) {
    guard let numbers = x.numbers, let missing = x.missing else {
      preconditionFailure("the batch holds the numbers")
    }
    return (numbers, missing)
  }
}
