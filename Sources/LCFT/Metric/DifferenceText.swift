import IO
import Support

/// A difference in user AUC and its interval: `+0.0031 [+0.0012, +0.0050]`.
package func differenceText(_ comparison: Results.Comparison?) -> String {
  guard let comparison, !comparison.difference.isNaN else { return "-" }
  return differenceText(comparison.difference, comparison.low, comparison.high)
}

/// As above, of a difference that was measured.
package func differenceText(_ difference: Double, _ low: Double, _ high: Double) -> String {
  "\(signed(difference, 4)) [\(signed(low, 4)), \(signed(high, 4))]"
}
