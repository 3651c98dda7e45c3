import Support

/// What features take from the training part: which values are known, and the parameters of numeric steps.
extension Dataset {
  /// Counts occurrences, and puts the values that have at least `minimumCount` of them first in each vocabulary: these
  /// are known. Both groups keep their order.
  package mutating func orderVocabularies() {
    countOccurrences()
    for index in features.vocabularies.indices {
      let vocabulary = features.vocabularies[index]
      guard case .values(let values, _, let minimum) = vocabulary.content else { continue }
      let counts = vocabulary.counts
      let isKnown = counts.values.map { $0 >= Int64(minimum) }
      let order = isKnown.indices.filter { isKnown[$0] } + isKnown.indices.filter { !isKnown[$0] }
      var rows = [Int32](repeating: 0, count: order.count)
      for (row, old) in order.enumerated() { rows[old] = Int32(row) }
      let known = isKnown.count { $0 }
      features.vocabularies[index] = Vocabulary(
        vocabulary.name,
        .values(values.reordered(order), known: known, minimumCount: minimum),
        counts: Column(order.map { counts[$0] }))
      for owner in FeatureOwner.allCases {
        for place in features[owner].indices
        where features[owner][place].categorical?.vocabulary == vocabulary.name {
          features[owner][place].columns = features[owner][place].columns.map { $0.renumbered(rows) }
        }
      }
    }
  }

  /// Sets the parameters of all numeric steps to those of the training part.
  package mutating func fitNumericSteps() {
    for owner in FeatureOwner.allCases {
      for index in features[owner].indices {
        guard case .numeric(let steps) = features[owner][index].kind, !steps.isEmpty else { continue }
        let sample = trainingNumbers(owner, features[owner][index].columns[0])
        features[owner][index].kind = .numeric(steps: steps.fitted(to: sample))
      }
    }
  }

  /// The values of a feature in the training part that are not missing, and how often each row occurs there.
  private func trainingNumbers(
    _ owner: FeatureOwner, _ column: FeatureColumn
  ) -> [(value: Double, times: Int)] {
    guard case .numbers(let numbers, _) = column else { return [] }
    var times = [Int32](repeating: 0, count: numbers.count)
    forEachOccurrence(owner) { row, count in times[row] += Int32(clamping: count) }
    var sample: [(value: Double, times: Int)] = []
    for row in 0..<numbers.count where times[row] > 0 && !column.isMissing(row) {
      sample.append((Double(numbers[row]), Int(times[row])))
    }
    return sample
  }
}

extension [NumericStep] {
  /// The same steps with the parameters that `sample`, values and how often each occurs, gives them.
  package func fitted(to sample: [(value: Double, times: Int)]) -> [NumericStep] {
    var sample = sample
    return map { step in
      let fitted: NumericStep =
        switch step {
        case .log: .log
        case .standardised: .standardised(of: sample)
        case .quantiles(let edges): .quantiles(of: &sample, count: edges.count + 1)
        }
      for index in sample.indices { sample[index].value = fitted.apply(sample[index].value) }
      return fitted
    }
  }
}

extension NumericStep {
  /// Without values, or where all are the same, nothing is divided.
  fileprivate static func standardised(of sample: [(value: Double, times: Int)]) -> NumericStep {
    let count = sample.reduce(0) { $0 + Double($1.times) }
    if count == 0 { return .standardised(mean: 0, deviation: 1) }
    let mean = sample.reduce(0) { $0 + $1.value * Double($1.times) } / count
    let variance = sample.reduce(0) { sum, row in
      sum + (row.value - mean) * (row.value - mean) * Double(row.times)
    }
    let deviation = (variance / count).squareRoot()
    return .standardised(mean: mean, deviation: deviation > 0 ? deviation : 1)
  }

  /// The lowest value of each of `count` equal parts of the sorted sample but the first; equal edges are one.
  fileprivate static func quantiles(
    of sample: inout [(value: Double, times: Int)], count: Int
  ) -> NumericStep {
    sample.sort { $0.value < $1.value }
    let all = sample.reduce(0) { $0 + $1.times }
    var edges: [Double] = []
    var (passed, next) = (0, 1)
    for row in sample {
      passed += row.times
      // Part `next` begins at place next * all / count of the sorted values.
      while next < count && next * all / count < passed {
        if row.value > (edges.last ?? sample[0].value) { edges.append(row.value) }
        next += 1
      }
    }
    return .quantiles(edges: edges)
  }
}

extension FeatureColumn {
  /// The same values, `rows[r]` for row r of a vocabulary.
  fileprivate func renumbered(_ rows: [Int32]) -> FeatureColumn {
    switch self {
    case .values(let values):
      .values(Column(values.values.map { $0 < 0 ? -1 : rows[Int($0)] }))
    case .lists(let offsets, let values):
      .lists(offsets: offsets, values: Column(values.values.map { rows[Int($0)] }))
    case .numbers: self
    }
  }
}

extension StringColumn {
  /// Row r is the old row `order[r]`.
  fileprivate func reordered(_ order: [Int]) -> StringColumn {
    let result = Column<UInt8>(uninitialized: order.count * width)
    for (row, old) in order.enumerated() {
      for place in 0..<width { result.values[row * width + place] = bytes[old * width + place] }
    }
    return StringColumn(width: width, bytes: result)
  }
}
