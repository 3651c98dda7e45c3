import IO
import Support

/// Expected calibration error (Guo et al., 2017): the click probabilities in `bins` intervals of one width, [0, 1 / B) up
/// to [1 - 1 / B, 1]; over the bins b, sum_b n_b / n |CTR_b - mean probability_b|.
package struct CalibrationError {
  private var positives: [Double]
  private var predicted: [Double]
  private var samples = 0

  package init(bins: Int) {
    positives = Array(repeating: 0, count: bins)
    predicted = positives
  }

  /// The click probability of a logit.
  static func probability(_ logit: Float) -> Double { 1 / (1 + exp(-Double(logit))) }

  /// Adds a sample.
  mutating func add(logit: Float, label: UInt8) {
    let probability = CalibrationError.probability(logit)
    let bin = min(Int(probability * Double(predicted.count)), predicted.count - 1)
    positives[bin] += Double(label)
    predicted[bin] += probability
    samples += 1
  }

  /// Adds the samples of `users` with these logits.
  package mutating func add(_ users: Column<Int>, logits: Column<Float>, _ predictions: Results.Predictions) {
    let none = CalibrationError(bins: positives.count)
    UserParts.inOrder(users.count) { part in
      var own = none
      for user in users.values[part] {
        for row in predictions.rows(ofUser: user) {
          own.add(logit: logits[row], label: predictions.label[row])
        }
      }
      return own
    } take: {
      add($0)
    }
  }

  /// Adds the samples of another one with as many bins.
  private mutating func add(_ other: CalibrationError) {
    for bin in positives.indices {
      positives[bin] += other.positives[bin]
      predicted[bin] += other.predicted[bin]
    }
    samples += other.samples
  }

  /// NaN without samples.
  package var value: Double {
    zip(positives, predicted).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(samples)
  }
}
