import Support

extension Dataset {
  /// Gives the steps of all numeric features the parameters of the training part. A value counts as often as it occurs
  /// there (`forEachOccurrence`); a missing one does not count. Of `quantiles` the number of intervals that
  /// were asked for stays. Returns the features that have no value there, whose parameters stay as they were.
  @discardableResult
  package mutating func fitNumericSteps() -> [(owner: FeatureOwner, name: String)] {
    var unfitted: [(owner: FeatureOwner, name: String)] = []
    for owner in FeatureOwner.allCases {
      for index in features[owner].indices {
        guard case .numeric(let steps) = features[owner][index].kind, !steps.isEmpty,
          case .numbers(let numbers, let missing) = features[owner][index].columns[0]
        else { continue }
        let values = WeightedValues(self, owner, numbers, missing)
        if values.total == 0 && steps != [.log] { unfitted.append((owner, features[owner][index].name)) }
        let intervals = features[owner][index].intendedIntervals
        features[owner][index].kind = .numeric(steps: steps.fitted(values, intervals: intervals))
      }
    }
    return unfitted
  }
}

/// The numbers of a feature that occur in the training part, and how often each does.
private struct WeightedValues {
  private let dataset: Dataset
  private let owner: FeatureOwner
  private let numbers: Column<Float>
  private let missing: Column<UInt8>?
  /// [items] how often each occurs, so that an item with many samples is one value; nil for other owners.
  private let ofItems: [Int]?
  /// Of all occurrences with a value.
  private(set) var total = 0

  init(_ dataset: Dataset, _ owner: FeatureOwner, _ numbers: Column<Float>, _ missing: Column<UInt8>?) {
    self.dataset = dataset
    self.owner = owner
    self.numbers = numbers
    self.missing = missing
    if owner == .items {
      var counts = [Int](repeating: 0, count: numbers.count)
      dataset.forEachOccurrence(.items) { row, times in counts[row] += times }
      ofItems = counts
    } else {
      ofItems = nil
    }
    var total = 0
    visit { total += $1 }
    self.total = total
  }

  /// Calls `body` with each value, in the order of the rows.
  func visit(_ body: (_ value: Float, _ weight: Int) -> Void) {
    let numbers = numbers.pointer
    func take(_ row: Int, _ times: Int) {
      if times > 0 && (missing?[row] ?? 0) == 0 { body(numbers[row], times) }
    }
    if let ofItems {
      for row in ofItems.indices { take(row, ofItems[row]) }
    } else {
      dataset.forEachOccurrence(owner, take)
    }
  }
}

extension [NumericStep] {
  /// The steps with the parameters of `values`; `intervals` is how many were asked for of `quantiles`.
  fileprivate func fitted(_ values: WeightedValues, intervals: Int?) -> [NumericStep] {
    if values.total == 0 { return self }
    var fitted: [NumericStep] = []
    for step in self { fitted.append(step.fitted(values, after: fitted, intervals)) }
    return fitted
  }
}

extension NumericStep {
  /// The step with the parameters of `values` to which the steps `before` have been applied.
  fileprivate func fitted(
    _ values: WeightedValues, after before: [NumericStep], _ intervals: Int?
  ) -> NumericStep {
    switch self {
    case .log: return self
    case .standardised:
      let total = Double(values.total)
      var (sum, squares) = (0.0, 0.0)
      values.visit { sum += before.apply(Double($0)) * Double($1) }
      let mean = sum / total
      values.visit { value, weight in
        let difference = before.apply(Double(value)) - mean
        squares += difference * difference * Double(weight)
      }
      let deviation = (squares / total).squareRoot()
      // Values that are all the same become 0.
      return .standardised(mean: mean, deviation: deviation > 0 ? deviation : 1)
    case .quantiles(let edges):
      return .quantiles(edges: NumericStep.edges(intervals ?? edges.count + 1, values, after: before))
    }
  }

  /// The inner bounds of `count` intervals with nearly equally many of the values, rising: fewer where values repeat.
  /// Edge k is the least value that more than k / `count` of all do not exceed, so that equal values stay together. Steps
  /// keep the order of values: the quantiles of what they make are what they make of the quantiles.
  private static func edges(_ count: Int, _ values: WeightedValues, after before: [NumericStep]) -> [Double] {
    let total = values.total
    let ranks = (0..<count).map { $0 * total / count }
    let found = RankedValues.values(at: ranks) { values.visit($0) }.map { before.apply(Double($0)) }
    var edges: [Double] = []
    for value in found.dropFirst() where value != edges.last { edges.append(value) }
    // An edge at the least value would have nothing below it.
    if edges.first == found[0] && edges.count > 1 { edges.removeFirst() }
    return edges
  }
}
