import Support

/// A loss of a logit z and a label y. Labels may lie outside [0, 1], as corrected labels do; both losses
/// then still have their minimum in expectation where sigmoid(z) is the mean label, if that is in (0, 1)
/// (the paper's eqs. 6 and 9).
package enum Loss: String, Sendable, CaseIterable {
  /// softplus(z) - y z: the cross-entropy -y log p - (1 - y) log(1 - p) with p = sigmoid(z), linear in y.
  case crossEntropy = "cross_entropy"
  /// (sigmoid(z) - y)^2.
  case squaredError = "squared_error"

  /// The loss of one sample.
  package func value(logit: Double, label: Double) -> Double {
    switch self {
    case .crossEntropy: return max(logit, 0) + log1p(exp(-abs(logit))) - label * logit
    case .squaredError:
      let difference = 1 / (1 + exp(-logit)) - label
      return difference * difference
    }
  }

  /// The derivative of the loss of one sample by its logit. Linear in the label: slope(z, y) = slope(z, 0) +
  /// y (slope(z, 1) - slope(z, 0)).
  package func slope(logit: Double, label: Double) -> Double {
    let probability = 1 / (1 + exp(-logit))
    switch self {
    case .crossEntropy: return probability - label
    case .squaredError: return 2 * (probability - label) * probability * (1 - probability)
    }
  }

  /// Writes the sum of the losses per shard into `sums` [shards], and the gradient of the batch's mean loss at the
  /// logits into `dlogits` [B x 1]. `offset` is added to every logit. `batchCount` counts the batch's samples over
  /// all ranks.
  package func evaluate(
    _ logits: Matrix, offset: Double = 0, labels: UnsafePointer<Float>, batchCount: Int,
    sums: UnsafeMutablePointer<Double>, dlogits: Matrix
  ) {
    assert(logits.stride == 1 && dlogits.stride == 1 && batchCount > 0, "one logit per sample")
    let scale = 1 / Double(batchCount)
    for shard in 0..<logits.partition.shards {
      var sum = 0.0
      for b in logits.partition.rows(ofShard: shard) {
        let logit = Double(logits.values[b]) + offset
        let label = Double(labels[b])
        assert(label.isFinite, "labels are finite")
        sum += value(logit: logit, label: label)
        dlogits.values[b] = Float(slope(logit: logit, label: label) * scale)
      }
      sums[shard] = sum
    }
  }
}
