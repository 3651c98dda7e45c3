import IO

extension Dataset.Samples {
  /// The time that a user's samples take in arbitrary units, of which going over the dense layers once in a
  /// step takes about 10: a part per sample and a part per pair of a sample and a history entry, in about the
  /// proportion of their arithmetic.
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
}
