import Support

/// Scores of pairs of a user and an item under some methods: what `lcft predict` writes.
package struct Predictions: Sendable {
  /// The identifiers that rows name users and items by.
  package var users: StringColumn
  package var items: StringColumn
  package var methods: [String]
  /// Method by method: pairs in the order in which they were asked for, or rankings one after the other.
  package var rows: [Row]
  /// Whether pairs have a time.
  package var hasTimes: Bool
  /// Whether rows are the first ones of rankings.
  package var isRanked: Bool
  /// The model's registered name, and the digests of the data set and of the checkpoint that it is from.
  package var model: String
  package var datasetDigest: String
  package var checkpointDigest: String

  package struct Row: BitwiseCopyable, Sendable, Equatable {
    package var user: Int32
    package var item: Int32
    package var method: Int32
    /// From 1 on; 0 where nothing is ranked.
    package var rank: Int32
    /// Seconds since 1970; 0 where pairs have no time.
    package var time: Int64
    package var logit: Float

    package init(user: Int32, item: Int32, method: Int32, rank: Int32, time: Int64, logit: Float) {
      self.user = user
      self.item = item
      self.method = method
      self.rank = rank
      self.time = time
      self.logit = logit
    }

    /// The click probability, 1 / (1 + exp(-z)).
    package var probability: Float { Float(1 / (1 + exp(-Double(logit)))) }
  }

  package init(
    users: StringColumn, items: StringColumn, methods: [String], rows: [Row], hasTimes: Bool, isRanked: Bool,
    model: String, datasetDigest: String, checkpointDigest: String
  ) {
    self.users = users
    self.items = items
    self.methods = methods
    self.rows = rows
    self.hasTimes = hasTimes
    self.isRanked = isRanked
    self.model = model
    self.datasetDigest = datasetDigest
    self.checkpointDigest = checkpointDigest
  }
}
