import IO

extension Results.Predictions {
  /// The test samples of `users`, rows of `dataset`, one user after the other.
  init(ofTestSamplesOf users: some Sequence<Int32>, in dataset: Dataset) {
    let test = dataset.test
    var (offsets, labels): ([Int64], [UInt8]) = ([0], [])
    var times = test.timestamp.map { _ in [Int64]() }
    for user in users {
      let rows = test.rows(ofUser: Int(user))
      labels.append(contentsOf: test.label.values[rows])
      if let timestamp = test.timestamp { times?.append(contentsOf: timestamp.values[rows]) }
      offsets.append(Int64(labels.count))
    }
    self.init(offsets: offsets, label: labels, timestamp: times)
  }
}
