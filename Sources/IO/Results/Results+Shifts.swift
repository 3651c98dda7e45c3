import HDF5
import Support

extension Results {
  /// `/shifts/touched` and `unseen`, one value per evaluated user: which of the user's test samples fine-tuning can reach
  /// through their items, and which the cloud model has had no chance to learn. What methods did there is each
  /// `Method.shift`.
  package struct TestItems: Sendable {
    /// Test samples whose item is that of a training sample of the same user.
    package var touched: Column<Int32>
    /// Test samples whose item no user's training samples have as a positive.
    package var unseen: Column<Int32>
    /// Nil in files of versions that did not tell.
    package var unseenPositives: UnseenPositives?

    package init(touched: Column<Int32>, unseen: Column<Int32>, unseenPositives: UnseenPositives? = nil) {
      self.touched = touched
      self.unseen = unseen
      self.unseenPositives = unseenPositives
    }
  }

  /// `/without_unseen`, one value per evaluated user: the unseen items that are positives of the user's test part. All
  /// that a training may know of them is that they were negatives. What methods reach without them is each
  /// `Method.aucWithoutUnseen`.
  package struct UnseenPositives: Sendable {
    /// Positive test samples of such items.
    package var positives: Column<Int32>
    /// Test samples of all other items.
    package var others: Column<Int32>

    package init(positives: Column<Int32>, others: Column<Int32>) {
      self.positives = positives
      self.others = others
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
    try write(
      \.shift, of: methods, to: group,
      description:
        "mean of the logit less that of cloud over touched test samples, less that over the others; NaN where there are "
        + "none of either")
  }

  /// `/without_unseen`. It does not count in the content's digest either.
  static func write(
    _ unseen: Results.UnseenPositives, _ methods: [Results.Method], to group: borrowing HDF5.Group
  ) throws {
    try group.write(
      "positives", unseen.positives,
      description: "positive test samples whose item no user's training samples have as a positive")
    try group.write(
      "others", unseen.others, description: "test samples but for those of the items of these positives")
    try write(
      \.aucWithoutUnseen, of: methods, to: group,
      description: "AUC over the others; NaN where they are of one class, or a score is no number")
  }

  /// Writes what each method has one of per user, by its name.
  private static func write(
    _ values: KeyPath<Results.Method, Column<Double>?>, of methods: [Results.Method],
    to group: borrowing HDF5.Group, description: String
  ) throws {
    for method in methods {
      guard let values = method[keyPath: values] else { continue }
      try group.write(method.name, values, description: description)
    }
  }

  /// Reads the same; nil stays what a file does not have.
  static func read(
    _ values: WritableKeyPath<Results.Method, Column<Double>?>, of methods: inout [Results.Method],
    _ group: borrowing HDF5.Group, count: Int
  ) throws {
    for index in methods.indices where try group.contains(methods[index].name) {
      methods[index][keyPath: values] = try group.column(methods[index].name, count: count)
    }
  }

  static func readUnseen(
    _ group: borrowing HDF5.Group, _ users: Results.Users
  ) throws -> Results.UnseenPositives {
    Results.UnseenPositives(
      positives: try readCounts("positives", group, users.id.count, atMost: users.testPositives),
      others: try readCounts("others", group, users.id.count, atMost: users.testCount))
  }

  static func readTestItems(
    _ group: borrowing HDF5.Group, _ users: Results.Users
  ) throws -> Results.TestItems {
    Results.TestItems(
      touched: try readCounts("touched", group, users.id.count, atMost: users.testCount),
      unseen: try readCounts("unseen", group, users.id.count, atMost: users.testCount))
  }
}
