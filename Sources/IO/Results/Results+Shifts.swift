import HDF5

extension Results {
  /// `/shifts/touched` and `unseen`, one value per evaluated user: which of the user's test samples fine-tuning can reach
  /// through their items, and which the cloud model has had no chance to learn. What methods did there is each
  /// `Method.shift`.
  package struct TestItems: Sendable {
    /// Test samples whose item is that of a training sample of the same user.
    package var touched: [Int32]
    /// Test samples whose item no user's training samples have as a positive.
    package var unseen: [Int32]

    package init(touched: [Int32], unseen: [Int32]) {
      self.touched = touched
      self.unseen = unseen
    }
  }
}

extension ResultsFile {
  /// `/shifts`. It follows from the data set and the predictions, and does not count in the content's digest.
  static func write(
    _ items: Results.TestItems, _ methods: [Results.Method], to group: borrowing HDF5.Group
  ) throws {
    try group.write(
      "touched", items.touched,
      description: "test samples whose item is that of a training sample of the user")
    try group.write(
      "unseen", items.unseen,
      description: "test samples whose item no user's training samples have as a positive")
    for method in methods {
      guard let shift = method.shift else { continue }
      try group.write(
        method.name, shift,
        description:
          "mean of the logit less that of cloud over touched test samples, less that over the others; NaN where there are "
          + "none of either")
    }
  }

  static func readTestItems(
    _ group: borrowing HDF5.Group, _ users: Results.Users
  ) throws -> Results.TestItems {
    Results.TestItems(
      touched: try readCounts("touched", group, users.id.count, atMost: users.testCount),
      unseen: try readCounts("unseen", group, users.id.count, atMost: users.testCount))
  }
}
