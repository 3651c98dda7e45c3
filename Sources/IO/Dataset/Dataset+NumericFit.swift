import Support

extension Dataset {
  /// Gives the steps of all numeric features the parameters of the training part. A value counts as often as it occurs
  /// there (`forEachOccurrence`); a missing one does not count. Of `quantiles` the number of intervals stays.
  package mutating func fitNumericSteps() {
    for owner in FeatureOwner.allCases {
      for index in features[owner].indices {
        guard case .numeric(let steps) = features[owner][index].kind, !steps.isEmpty else { continue }
        var (values, weights): ([Double], [Int]) = ([], [])
        let column = features[owner][index].columns[0]
        guard case .numbers(let numbers, let missing) = column else { continue }
        // The rows with their weights, so that an item with many samples is one entry.
        var times = [Int](repeating: 0, count: numbers.count)
        forEachOccurrence(owner) { row, count in times[row] += count }
        for row in 0..<numbers.count where times[row] > 0 && (missing?[row] ?? 0) == 0 {
          values.append(Double(numbers[row]))
          weights.append(times[row])
        }
        features[owner][index].kind = .numeric(steps: steps.fitted(values, weights))
      }
    }
  }
}

extension [NumericStep] {
  /// The steps with the parameters of `values`, each of which occurs `weights` times.
  func fitted(_ values: [Double], _ weights: [Int]) -> [NumericStep] {
    guard !values.isEmpty else { return self }
    var values = values
    return map { step in
      let fitted = step.fitted(values, weights)
      for row in values.indices { values[row] = fitted.apply(values[row]) }
      return fitted
    }
  }
}

extension NumericStep {
  fileprivate func fitted(_ values: [Double], _ weights: [Int]) -> NumericStep {
    switch self {
    case .log: return self
    case .standardised:
      let total = Double(weights.reduce(0, +))
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) } / total
      let square = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * Double($1.1) }
      let deviation = (square / total).squareRoot()
      // Values that are all the same become 0.
      return .standardised(mean: mean, deviation: deviation > 0 ? deviation : 1)
    case .quantiles(let edges):
      return .quantiles(edges: NumericStep.edges(edges.count + 1, values, weights))
    }
  }

  /// The inner bounds of `count` intervals with nearly equally many of the values, rising: fewer where values repeat.
  /// Edge k is the least value that more than k / `count` of all do not exceed, so that equal values stay together.
  private static func edges(_ count: Int, _ values: [Double], _ weights: [Int]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    let total = weights.reduce(0, +)
    var edges: [Double] = []
    var (seen, next) = (0, 1)
    for row in order {
      seen += weights[row]
      while next < count && seen * count > next * total {
        if values[row] != edges.last { edges.append(values[row]) }
        next += 1
      }
    }
    // An edge at the least value would have nothing below it.
    if let first = order.first, edges.first == values[first] && edges.count > 1 { edges.removeFirst() }
    return edges
  }
}
