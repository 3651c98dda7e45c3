import Support

/// Makes labels of ratings: 1 from a threshold on. Keeps what tells whether the threshold fits the scale.
struct RatingReader {
  static let defaultThreshold = 4.0

  let threshold: Double
  /// Whether the threshold is the default and not the user's.
  let isDefault: Bool
  /// Values that say that there is no rating.
  let notRated: [Double]
  /// Ratings outside are malformed; nil where any number is a rating.
  let allowed: ClosedRange<Double>?
  /// What the settings are called in warnings.
  var names = (threshold: "--threshold", notRated: "--not-rated")
  private(set) var count = 0
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity
  /// Ratings of -1, and of 0.
  private(set) var minusOnes = 0
  private(set) var zeros = 0

  init(threshold: Double?, notRated: [Double] = [], allowed: ClosedRange<Double>? = nil) {
    self.threshold = threshold ?? RatingReader.defaultThreshold
    isDefault = threshold == nil
    self.notRated = notRated
    self.allowed = allowed
  }

  func check() throws(ImportError) {
    if !threshold.isFinite {
      throw .option(name: "threshold", value: "\(threshold)", allowed: "a finite rating")
    }
    for value in notRated where !value.isFinite {
      throw .option(name: "not rated", value: "\(value)", allowed: "finite ratings")
    }
  }

  /// The label, or nil where the value says "not rated".
  @inline(__always)
  mutating func label(
    _ spelling: Bytes, _ field: String, decimalComma: Bool = false
  ) throws(MalformedLine) -> UInt8? {
    let value = try InteractionLog.rating(spelling, field, decimalComma: decimalComma)
    if let allowed, !allowed.contains(value), !notRated.contains(value) {
      throw .outOfRange(
        field: field, text: spelling.excerpt,
        allowed: "\(plain(allowed.lowerBound)) to \(plain(allowed.upperBound))")
    }
    return label(of: value)
  }

  /// The same of a number.
  @inline(__always)
  mutating func label(of value: Double) -> UInt8? {
    if !notRated.isEmpty && notRated.contains(value) { return nil }
    count += 1
    if value < lowest { lowest = value }
    if value > highest { highest = value }
    if value <= 0 {
      if value == -1 { minusOnes += 1 }
      if value == 0 { zeros += 1 }
    }
    return value >= threshold ? 1 : 0
  }

  /// `rating >= 4.0`, as it stands in the data set's provenance.
  func text(_ column: String) -> String {
    "\(column) >= \(threshold)"
      + (notRated.isEmpty ? "" : "; not rated: " + notRated.map { "\($0)" }.joined(separator: ", "))
  }

  /// What the scale says about the threshold. A 0 among ratings that go below it is a rating like any other.
  var warnings: [ImportWarning] {
    guard count > 0 else { return [] }
    var warnings: [ImportWarning] = []
    if isDefault && (highest > 5 || highest < threshold) {
      warnings.append(
        .ratingScale(lowest: lowest, highest: highest, threshold: threshold, mend: names.threshold))
    }
    if minusOnes > 0 && lowest == -1 {
      warnings.append(
        .notRated(value: -1, ratings: minusOnes, of: count, mend: "\(names.notRated) -1"))
    }
    if zeros > 0 && lowest >= -1 && highest > 1 {
      warnings.append(.notRated(value: 0, ratings: zeros, of: count, mend: "\(names.notRated) 0"))
    }
    return warnings
  }
}
