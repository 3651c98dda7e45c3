import IO

extension Dataset.Samples {
  /// Samples of a user with label 1.
  package func positives(ofUser user: Int) -> Int {
    label.values[rows(ofUser: user)].reduce(0) { $0 + Int($1) }
  }
}

extension Dataset {
  /// The local CTR w = n+ / (n+ + n-) of the paper's eq. 10: positives over training samples of a user; NaN
  /// for a user without any.
  package func localCTR(ofUser user: Int) -> Double {
    Double(train.positives(ofUser: user)) / Double(train.rows(ofUser: user).count)
  }
}
