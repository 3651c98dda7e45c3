import Foundation

/// Texts of `values`, with as many digits from `digits` on as it takes that different values have different texts, nine at
/// most. `format` makes one with so many digits.
func distinctTexts(_ values: [Double], digits: Int, _ format: (Double, Int) -> String) -> [String] {
  let different = Set(values).count
  for digits in digits..<9 {
    let texts = values.map { format($0, digits) }
    if Set(texts).count == different { return texts }
  }
  return values.map { format($0, 9) }
}

/// `0.1 to 0.2`, or the value alone where the interval has no width.
func intervalText(_ low: String, _ high: String) -> String { low == high ? low : "\(low) to \(high)" }
