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
        guard case .numeric(let steps) = features[owner][index].kind, !steps.isEmpty else { continue }
        var (values, weights): ([Double], [UInt32]) = ([], [])
        let column = features[owner][index].columns[0]
        guard case .numbers(let numbers, let missing) = column else { continue }
        // The rows with their weights, so that an item with many samples is one entry.
        var times = [UInt32](repeating: 0, count: numbers.count)
        forEachOccurrence(owner) { row, count in times[row] += UInt32(count) }
        for row in 0..<numbers.count where times[row] > 0 && (missing?[row] ?? 0) == 0 {
          values.append(Double(numbers[row]))
          weights.append(times[row])
        }
        if values.isEmpty && steps != [.log] { unfitted.append((owner, features[owner][index].name)) }
        let intervals = features[owner][index].intendedIntervals
        features[owner][index].kind = .numeric(steps: steps.fitted(values, weights, intervals: intervals))
      }
    }
    return unfitted
  }
}

extension [NumericStep] {
  /// The steps with the parameters of `values`, each of which occurs `weights` times.
  func fitted(_ values: [Double], _ weights: [UInt32], intervals: Int? = nil) -> [NumericStep] {
    guard !values.isEmpty else { return self }
    var values = values
    return enumerated().map { index, step in
      let fitted = step.fitted(values, weights, intervals)
      if index < count - 1 { for row in values.indices { values[row] = fitted.apply(values[row]) } }
      return fitted
    }
  }
}

extension NumericStep {
  fileprivate func fitted(_ values: [Double], _ weights: [UInt32], _ intervals: Int?) -> NumericStep {
    switch self {
    case .log: return self
    case .standardised:
      let total = Double(weights.reduce(0) { $0 + Int($1) })
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) } / total
      let square = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * Double($1.1) }
      let deviation = (square / total).squareRoot()
      // Values that are all the same become 0.
      return .standardised(mean: mean, deviation: deviation > 0 ? deviation : 1)
    case .quantiles(let edges):
      return .quantiles(edges: NumericStep.edges(intervals ?? edges.count + 1, values, weights))
    }
  }

  /// The inner bounds of `count` intervals with nearly equally many of the values, rising: fewer where values repeat.
  /// Edge k is the least value that more than k / `count` of all do not exceed, so that equal values stay together.
  private static func edges(_ count: Int, _ values: [Double], _ weights: [UInt32]) -> [Double] {
    let total = weights.reduce(0) { $0 + Int($1) }
    var edges: [Double] = []
    var (seen, next) = (0, 1)
    let order = rising(values)
    for key in order {
      let row = place(key)
      seen += Int(weights[row])
      while next < count && seen * count > next * total {
        if values[row] != edges.last { edges.append(values[row]) }
        next += 1
      }
    }
    // An edge at the least value would have nothing below it.
    if let first = order.first, edges.first == values[place(first)] && edges.count > 1 { edges.removeFirst() }
    return edges
  }

  /// The place that a key of `rising` stands for.
  private static func place(_ key: UInt64) -> Int { Int(key & 0xFFFF_FFFF) }

  /// Keys of the places of `values`, which are finite, in rising order of the values, of equal ones in theirs.
  private static func rising(_ values: [Double]) -> [UInt64] {
    precondition(values.count <= UInt32.max, "places are half a key")
    // The upper half of a key is that of the number's bits, which rise with it once the negative ones are turned over.
    var keys = values.enumerated().map { place, value -> UInt64 in
      let bits = (value == 0 ? 0 : value).bitPattern
      let rising = bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
      return rising & 0xFFFF_FFFF_0000_0000 | UInt64(place)
    }
    keys.withUnsafeMutableBufferPointer { keys in
      if let start = keys.baseAddress { KeySorter().sort(start, count: keys.count) }
    }
    // Those that the upper half does not tell apart.
    var first = 0
    while first < keys.count {
      var last = first + 1
      while last < keys.count, keys[last] >> 32 == keys[first] >> 32 { last += 1 }
      let isSorted = (first + 1..<last).allSatisfy { values[place(keys[$0 - 1])] <= values[place(keys[$0])] }
      if !isSorted { keys[first..<last].sort { (values[place($0)], $0) < (values[place($1)], $1) } }
      first = last
    }
    return keys
  }
}
