import IO

extension Results.Predictions {
  /// The test samples of `users`, ascending rows of a data set, one user after the other. Throws a file error.
  init(ofTestSamplesOf users: [Int32], in parts: DatasetParts) throws {
    var (offsets, labels): ([Int64], [UInt8]) = ([0], [])
    var times: [Int64]? = []
    _ = try parts.values(of: users) { part, user in
      let rows = part.test.rows(ofUser: user)
      labels.append(contentsOf: part.test.label.values[rows])
      if let timestamp = part.test.timestamp {
        times?.append(contentsOf: timestamp.values[rows])
      } else {
        times = nil
      }
      offsets.append(Int64(labels.count))
    }
    self.init(offsets: offsets, label: labels, timestamp: times)
  }
}
