import Support

/// A score of one or several runs that differ in their seed: the mean and, of several, the standard deviation.
struct Spread {
  let mean: Double
  /// sqrt(sum_i (x_i - mean)^2 / (n - 1)); NaN for one value.
  let deviation: Double
  let count: Int

  init(_ values: [Double]) {
    count = values.count
    mean = values.reduce(0, +) / Double(values.count)
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : .nan
  }

  /// `0.7512`, or `0.7512 ± 0.0011`.
  func text(_ digits: Int) -> String {
    Support.text(mean, digits) + (deviation.isNaN ? "" : " ± \(Support.text(deviation, digits))")
  }
}

extension [ReportTable.Column] {
  /// The columns of a score of several seeds: its mean, and the deviation for programs.
  static func spread(_ key: String, _ title: String) -> [ReportTable.Column] {
    [.init(key: key, title: title), .init(key: "\(key)_sd")]
  }
}

extension ReportTable.Cell {
  /// The mean with every digit in CSV; readers see the deviation as well.
  init(_ spread: Spread, _ digits: Int) {
    self.init(data: spread.mean.isFinite ? "\(spread.mean)" : "", text: spread.text(digits))
  }

  /// Numbers of users: one where all are the same, else the least and the most.
  init(users counts: [Int]) {
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let text = least == most ? "\(most)" : "\(least) to \(most)"
    self.init(data: text, text: text)
  }
}

extension [ReportTable.Cell] {
  /// The cells of a score of several seeds, of which readers see one.
  static func spread(_ spread: Spread, _ digits: Int) -> [ReportTable.Cell] {
    [.init(spread, digits), .init(spread.deviation, digits)]
  }

  /// Marks the highest of the row's `values`, as readers see them: what looks the same is marked alike. A single value
  /// is the best of nothing.
  mutating func markBest(_ values: [Spread]) {
    let known = values.filter { !$0.mean.isNaN }
    guard known.count > 1, let best = known.map(\.mean).max() else { return }
    for place in indices where text(values[place].mean, 4) == text(best, 4) { self[place].isBest = true }
  }
}
