import Foundation

/// `value` with `digits` digits after the point, `-` where it is not a number; from a billion on as `2.71e+35`.
package func text(_ value: Double, _ digits: Int) -> String {
  if value.isNaN { return "-" }
  return String(format: abs(value) >= 1e9 && value.isFinite ? "%.2e" : "%.\(digits)f", value)
}

/// How many of what: `1 user`, `2 users`. `noun` is in the singular, and `plural` where an s does
/// not make it one.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// `text` padded with blanks to `width`: aligned to the right, or to the left.
package func pad(_ text: String, _ width: Int, right: Bool = true) -> String {
  let blanks = String(repeating: " ", count: max(0, width - terminalColumns(text)))
  return right ? blanks + text : text + blanks
}

/// `line` without the blanks that padding left at its end.
package func withoutTrailingBlanks(_ line: String) -> String {
  String(line.reversed().drop { $0 == " " }.reversed())
}

/// `value` with its sign and `digits` digits after the point, `-` where it is not a number. A negative value that rounds to
/// zero keeps its sign: whether an interval holds 0 is seen by the signs of its ends.
package func signed(_ value: Double, _ digits: Int) -> String {
  if value.isNaN { return "-" }
  return (value < 0 ? "-" : "+") + text(abs(value), digits)
}

/// A time for people: `1.2 us`, `45 ms`, `12.3 s`, `4 min 5 s`.
package func secondsText(_ seconds: Double) -> String {
  switch seconds {
  case ..<1e-3: "\(text(1e6 * seconds, seconds < 1e-5 ? 2 : 0)) us"
  case ..<1: "\(text(1e3 * seconds, seconds < 1e-2 ? 2 : 0)) ms"
  case ..<100: "\(text(seconds, seconds < 10 ? 2 : 1)) s"
  case ..<7200: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  default: "\(Int(seconds) / 3600) h \(Int(seconds) % 3600 / 60) min"
  }
}

/// A number of bytes for people: `812 B`, `1.5 kB`, `23 MB`, in powers of 1000.
package func byteText(_ bytes: Int) -> String {
  var value = Double(bytes)
  var unit = 0
  let units = ["B", "kB", "MB", "GB", "TB", "PB"]
  while value >= 999.5, unit + 1 < units.count {
    value /= 1000
    unit += 1
  }
  return "\(unit > 0 && value < 10 ? text(value, 1) : text(value, 0)) \(units[unit])"
}

/// A time that passes, for people, no more exact than an estimate is: `3.2 s`, `45 s`, `4 min 5 s`, `2 h 3
/// min`.
package func durationText(_ seconds: Double) -> String {
  if seconds < 9.95 { return "\(text(seconds, 1)) s" }
  let whole = Int(min(seconds, 1e12).rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}
