import Foundation
import IO

/// `value` with `digits` digits after the point, `-` where it is not a number.
func text(_ value: Double, _ digits: Int) -> String {
  value.isNaN ? "-" : String(format: "%.\(digits)f", value)
}

/// `text` filled up with blanks to `width`, on the left or on the right.
func pad(_ text: String, _ width: Int, right: Bool = true) -> String {
  let blanks = String(repeating: " ", count: max(0, width - text.count))
  return right ? blanks + text : text + blanks
}

/// `value` with its sign and `digits` digits after the point, `-` where it is not a number. What rounds to
/// zero is a zero without a minus.
func signed(_ value: Double, _ digits: Int) -> String {
  let text = text(value, digits)
  guard value.isFinite else { return text }
  let isZero = !text.contains { $0 != "0" && $0 != "." && $0 != "-" }
  return text.hasPrefix("-") ? (isZero ? "+" + text.dropFirst() : text) : "+" + text
}

/// A difference in user AUC and its interval: `+0.0031 [+0.0012, +0.0050]`.
func differenceText(_ comparison: Results.Comparison?) -> String {
  guard let comparison, !comparison.difference.isNaN else { return "-" }
  return "\(signed(comparison.difference, 4)) "
    + "[\(signed(comparison.low, 4)), \(signed(comparison.high, 4))]"
}
