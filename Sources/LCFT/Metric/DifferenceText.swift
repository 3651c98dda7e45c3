import IO
import Support

/// A difference in user AUC and its interval: `+0.0031 [+0.0012, +0.0050]`.
package func differenceText(_ comparison: Results.Comparison?) -> String {
  guard let comparison, !comparison.difference.isNaN else { return "-" }
  return "\(signed(comparison.difference, 4)) "
    + "[\(signed(comparison.low, 4)), \(signed(comparison.high, 4))]"
}
