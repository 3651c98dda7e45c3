/// Adagrad: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
/// JMLR 2011, with a diagonal matrix:
///
///     s <- s + g^2           w <- w - rate g / (sqrt(s) + epsilon)
///
/// for every weight w with gradient g; s starts at 0. This is `torch.optim.Adagrad`. A gradient of zero changes
/// neither s nor w, so that a step over the rows of a table that its batch touches is one over the whole table.
package struct Adagrad: Sendable, Equatable {
  /// Above 0, so that a gradient that has always been 0 gives an update of 0.
  package var epsilon = 1e-10

  package init() {}

  /// What the updates of one step have in common.
  package struct Step: Sendable {
    private let rate: Float
    private let epsilon: Float

    init(_ settings: Adagrad, rate: Double) {
      self.rate = Float(rate)
      epsilon = Float(settings.epsilon)
    }

    /// Over `count` weights, their gradients and their sums of squares.
    @inline(__always)
    func apply(
      _ weights: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>,
      _ gradients: UnsafePointer<Float>, _ squares: UnsafeMutablePointer<Float>, count: Int
    ) {
      for i in 0..<count {
        let gradient = gradients[i]
        let s = squares[i].addingProduct(gradient, gradient)
        squares[i] = s
        weights[i] = source[i] - rate * gradient / (s.squareRoot() + epsilon)
      }
    }
  }
}
