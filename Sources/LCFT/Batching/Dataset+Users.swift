import IO

extension Dataset.Samples {
  /// Samples of a user with label 1.
  package func positives(ofUser user: Int) -> Int {
    label.values[rows(ofUser: user)].reduce(0) { $0 + Int($1) }
  }

  /// The time that a user's samples take in arbitrary units, of which going over the dense layers once in a step
  /// takes about 10: a part per sample and a part per pair of a sample and a history entry, in about the proportion
  /// of their arithmetic.
  package func cost(ofUser user: Int, historyLength: Int) -> Double {
    rows(ofUser: user).reduce(0) { $0 + 1 + 0.1 * Double(min(Int(eventPosition[$1]), historyLength)) }
  }
}

extension Dataset {
  /// The time that fine-tuning and scoring `user` takes, in arbitrary units.
  package func cost(ofUser user: Int, job: Job) -> Double {
    let samples = train.rows(ofUser: user).count
    let steps = (samples + job.fineTuning.batchSize - 1) / job.fineTuning.batchSize
    return 10 * Double(steps) + train.cost(ofUser: user, historyLength: job.historyLength)
      + test.cost(ofUser: user, historyLength: job.historyLength)
  }

  /// Users with both training and test samples, by row: the ones that fine-tuning is evaluated on.
  package var evaluatedUsers: [Int32] {
    (0..<users.count).filter { !train.rows(ofUser: $0).isEmpty && !test.rows(ofUser: $0).isEmpty }
      .map(Int32.init)
  }

  /// w of the paper's eq. 10: positives over training samples of a user; NaN for a user without any.
  package func localCTR(ofUser user: Int) -> Double {
    Double(train.positives(ofUser: user)) / Double(train.rows(ofUser: user).count)
  }
}

/// In which order users are handed out to ranks, as indices of `costs`: by falling cost, ties by index, so that
/// no rank is left with a dear one at the end.
package func mostExpensiveFirst(_ costs: [Double]) -> [Int] {
  costs.indices.sorted { (costs[$0], $1) > (costs[$1], $0) }
}
