import Support

/// Adam: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, Algorithm 1. In step t
///
///     m <- beta1 m + (1 - beta1) g           v <- beta2 v + (1 - beta2) g^2
///     w <- w - rate m' / (sqrt(v') + epsilon)   with m' = m / (1 - beta1^t), v' = v / (1 - beta2^t)
///
/// for every weight w with gradient g; both moments start at 0 and t at 1. On a dense block this is
/// `torch.optim.Adam`.
///
/// **Embedding rows are updated lazily**, unless the job says `embedding_rows: all`. A step goes over the rows that its
/// batch touches, that is those of the batch's users, candidates, history entries and the values of their features. The
/// other rows cost nothing and keep the bits of their weights and moments. Dense Adam would go on moving such a row by its decaying first
/// moment, and would decay both its moments, in every step. t is the number of the step, the same for
/// dense weights and all rows, however often a row has been touched, as in `torch.optim.SparseAdam`. A row
/// that is first touched late therefore has moments near 0 with hardly any correction of their bias, and
/// moves by up to rate (1 - beta1) / sqrt(1 - beta2), 3.2 rates with the defaults, where in the first step
/// it would have moved by one rate. SparseAdam differs in one thing: it adds epsilon to sqrt(v) before the
/// correction, which is Algorithm 1 with the epsilon of step t divided by sqrt(1 - beta2^t).
package struct Adam: Sendable, Equatable {
  /// Decay of the first moment, in [0, 1).
  package var beta1 = 0.9
  /// Decay of the second moment, in [0, 1).
  package var beta2 = 0.999
  /// Above 0, so that a gradient that has always been 0 gives an update of 0.
  package var epsilon = 1e-8

  package init() {}

  /// What the updates of one step have in common.
  package struct Step: Sendable {
    private let beta1: Float
    private let beta2: Float
    private let gain1: Float
    private let gain2: Float
    private let epsilon: Float
    /// rate / (1 - beta1^t)
    private let rate: Float
    /// 1 / sqrt(1 - beta2^t)
    private let correction2: Float

    /// Step `number`, counted from 1.
    init(_ settings: Adam, number: Int, rate: Double) {
      precondition(number > 0, "steps count from 1")
      beta1 = Float(settings.beta1)
      beta2 = Float(settings.beta2)
      gain1 = Float(1 - settings.beta1)
      gain2 = Float(1 - settings.beta2)
      epsilon = Float(settings.epsilon)
      self.rate = Float(rate / (1 - pow(settings.beta1, Double(number))))
      correction2 = Float(1 / (1 - pow(settings.beta2, Double(number))).squareRoot())
    }

    /// Over `count` weights, their gradients and their moments.
    @inline(__always)
    func apply(
      _ weights: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>,
      _ gradients: UnsafePointer<Float>,
      _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>, count: Int
    ) {
      for i in 0..<count {
        let gradient = gradients[i]
        let m = (beta1 * first[i]).addingProduct(gain1, gradient)
        let v = (beta2 * second[i]).addingProduct(gain2 * gradient, gradient)
        first[i] = m
        second[i] = v
        weights[i] = source[i] - rate * m / epsilon.addingProduct(correction2, v.squareRoot())
      }
    }
  }
}
