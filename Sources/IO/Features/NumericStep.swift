import Support

/// A step by which readers change the stored numbers of a feature. Its parameters are those of the training part.
package enum NumericStep: Sendable, Equatable, Codable {
  /// sign(x) ln(1 + |x|)
  case log
  /// (x - mean) / deviation
  case standardised(mean: Double, deviation: Double)
  /// The number of edges that are at most x: 0 up to `edges.count`. Models take it as one of so many categories, so it
  /// is the last step.
  case quantiles(edges: [Double])

  package var name: String {
    switch self {
    case .log: "log"
    case .standardised: "standardised"
    case .quantiles: "quantiles"
    }
  }

  package func apply(_ x: Double) -> Double {
    switch self {
    case .log: x < 0 ? -log1p(-x) : log1p(x)
    case .standardised(let mean, let deviation): (x - mean) / deviation
    case .quantiles(let edges): Double(NumericStep.rank(x, edges))
    }
  }

  /// How many of the rising `edges` are at most `x`.
  private static func rank(_ x: Double, _ edges: [Double]) -> Int {
    // What is no number is below all edges.
    bisect(edges.count) { !(edges[$0] <= x) }
  }
}

extension [NumericStep] {
  /// What a model sees of the stored number `x`.
  package func apply(_ x: Double) -> Double { reduce(x) { $1.apply($0) } }

  /// How many categories a model makes of the numbers; nil where it takes them as numbers.
  package var categories: Int? {
    if case .quantiles(let edges)? = last { edges.count + 1 } else { nil }
  }
}
