import Foundation

/// `value` with `digits` digits after the point, `-` where it is not a number.
func text(_ value: Double, _ digits: Int) -> String {
  value.isNaN ? "-" : String(format: "%.\(digits)f", value)
}

/// `text` filled up with blanks to `width`, on the left or on the right.
func pad(_ text: String, _ width: Int, right: Bool = true) -> String {
  let blanks = String(repeating: " ", count: max(0, width - text.count))
  return right ? blanks + text : text + blanks
}
