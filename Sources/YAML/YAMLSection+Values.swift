import Support
import Yams

/// The kinds of value. Each is read, or refused, in the words of `YAMLSection.Words`.
extension YAMLSection {
  package func string(_ key: String, default fallback: String) throws -> String {
    try scalar(key, default: fallback, Words.text) { node in
      node.scalar.flatMap { $0.string.isEmpty ? nil : $0.string }
    }
  }

  /// A text, or a list of texts; a text may be empty.
  package func texts(_ key: String, default fallback: [String]) throws -> [String] {
    if !isList(key) {
      guard has(key) else { return fallback }
      return [try scalar(key, default: "", Words.texts) { $0.scalar?.string }]
    }
    return try list(key, default: fallback, counts: 0...4096, Words.texts) { $0.scalar?.string }
  }

  package func boolean(_ key: String, default fallback: Bool) throws -> Bool {
    try scalar(key, default: fallback, Words.boolean, \.bool)
  }

  package func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
    try scalar(key, default: fallback, Words.wholeNumber(range)) { node in
      node.int.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  package func number(_ key: String, default fallback: Double, in range: ClosedRange<Double>) throws -> Double
  {
    try scalar(key, default: fallback, Words.number(range)) { node in
      node.float.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A list of `counts` whole numbers.
  package func integers(
    _ key: String, default fallback: [Int], in range: ClosedRange<Int>, counts: ClosedRange<Int>
  ) throws -> [Int] {
    try list(key, default: fallback, counts: counts, Words.wholeNumbers(range, counts: counts)) { node in
      node.int.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A list of `counts` numbers.
  package func numbers(
    _ key: String, default fallback: [Double], in range: ClosedRange<Double>, counts: ClosedRange<Int>
  ) throws -> [Double] {
    try list(key, default: fallback, counts: counts, Words.numbers(range, counts: counts)) { node in
      node.float.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// One of `allowed`.
  package func choice(_ key: String, default fallback: String, of allowed: [String]) throws -> String {
    try scalar(key, default: fallback, Words.one(of: allowed), among: allowed) { node in
      node.scalar.flatMap { allowed.contains($0.string) ? $0.string : nil }
    }
  }

  /// One or more of `allowed`, none twice.
  package func choices(_ key: String, default fallback: [String], of allowed: [String]) throws -> [String] {
    var chosen: [String] = []
    let counts = 1...max(1, allowed.count)
    return try list(key, default: fallback, counts: counts, Words.some(of: allowed), among: allowed) { node in
      guard let name = node.scalar?.string, allowed.contains(name), !chosen.contains(name) else { return nil }
      chosen.append(name)
      return name
    }
  }

  /// What values must be, in the words of errors and of the job reference.
  package enum Words {
    package static let text = "a text"
    package static let texts = "a text or a list of texts"
    package static let boolean = "true or false"

    package static func wholeNumber(_ range: ClosedRange<Int>) -> String {
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    package static func number(_ range: ClosedRange<Double>) -> String {
      "a number from \(range.lowerBound) to \(range.upperBound)"
    }

    package static func wholeNumbers(_ range: ClosedRange<Int>, counts: ClosedRange<Int>) -> String {
      "a list of \(count(counts)) whole numbers from \(range.lowerBound) to \(range.upperBound)"
    }

    package static func numbers(_ range: ClosedRange<Double>, counts: ClosedRange<Int>) -> String {
      "a list of \(count(counts)) numbers from \(range.lowerBound) to \(range.upperBound)"
    }

    package static func one(of allowed: [String]) -> String { "one of \(allowed.joined(separator: ", "))" }

    package static func some(of allowed: [String]) -> String {
      "a list of some of \(allowed.joined(separator: ", ")), none twice"
    }

    private static func count(_ counts: ClosedRange<Int>) -> String {
      counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
    }
  }
}
