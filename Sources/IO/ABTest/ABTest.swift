/// The outcome of a simulated online test, as `lcft-ab-test` files hold it: what the users of each bucket were
/// shown and what they clicked, day by day.
package struct ABTest: Sendable, Equatable {
  /// The methods whose models serve the buckets A, B, ..., in this order.
  package var methods: [String]
  package var settings: Settings
  package var users: Users
  package var days: Days
  /// `/users/expected_clicks` [users x buckets]: the sum, over all days, of the click probabilities of what the
  /// user would have been shown in each bucket; nil where only the user's own bucket was simulated.
  package var counterfactuals: [Double]?
  package var model: String
  package var job: String
  package var datasetDigest: String
  package var checkpointDigest: String
  /// What searches found and the fine-tuning used, empty where it used none; nil in files of versions before 0.2,
  /// which do not say.
  package var findings: SearchFindings?

  package init(
    methods: [String], settings: Settings, users: Users, days: Days, counterfactuals: [Double]? = nil,
    model: String, job: String, datasetDigest: String, checkpointDigest: String,
    findings: SearchFindings? = SearchFindings()
  ) {
    self.methods = methods
    self.settings = settings
    self.users = users
    self.days = days
    self.counterfactuals = counterfactuals
    self.model = model
    self.job = job
    self.datasetDigest = datasetDigest
    self.checkpointDigest = checkpointDigest
    self.findings = findings
  }

  /// `A` for bucket 0 and so on.
  package static func bucketName(_ bucket: Int) -> String { String(UnicodeScalar(UInt8(65 + bucket))) }

  /// How the test was run.
  package struct Settings: Sendable, Equatable {
    package var days: Int
    /// Mean visits of a user per day.
    package var visits: Double
    /// Items to choose from at each visit.
    package var candidates: Int
    /// Items shown at each visit.
    package var shown: Int
    /// Of the assignment to buckets, the candidates and the clicks.
    package var seed: UInt64

    package init(days: Int = 7, visits: Double = 1, candidates: Int = 50, shown: Int = 5, seed: UInt64 = 1) {
      self.days = days
      self.visits = visits
      self.candidates = candidates
      self.shown = shown
      self.seed = seed
    }
  }

  /// `/users`: every column has one value per user.
  package struct Users: Sendable, Equatable {
    /// The user's row in the data set.
    package var row: [Int32]
    /// 0 for A, 1 for B, ...
    package var bucket: [UInt8]
    /// Of the training samples; NaN for a user without any, whom every bucket serves with the cloud model.
    package var localCTR: [Double]
    /// 1 where the user's model gave a score that is no number; such items are shown last.
    package var diverged: [UInt8]

    package init(row: [Int32], bucket: [UInt8], localCTR: [Double], diverged: [UInt8]) {
      self.row = row
      self.bucket = bucket
      self.localCTR = localCTR
      self.diverged = diverged
    }
  }

  /// `/days`: a user's days one after the other, [users x days].
  package struct Days: Sendable, Equatable {
    package var impressions: [Int32]
    package var clicks: [Int32]
    /// Sum of the click probabilities of what was shown.
    package var expectedClicks: [Double]
    /// The same had the candidates been ranked by their true click probabilities.
    package var oracleClicks: [Double]
    /// The same for a random choice among the candidates.
    package var randomClicks: [Double]

    package init(
      impressions: [Int32], clicks: [Int32], expectedClicks: [Double], oracleClicks: [Double],
      randomClicks: [Double]
    ) {
      self.impressions = impressions
      self.clicks = clicks
      self.expectedClicks = expectedClicks
      self.oracleClicks = oracleClicks
      self.randomClicks = randomClicks
    }
  }
}

extension ABTest {
  /// `ContentDigest` of all columns, and of what searches found (`SearchFindings.add(to:)`).
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/users/row", users.row)
    digest.add("/users/bucket", users.bucket)
    digest.add("/users/local_ctr", users.localCTR)
    digest.add("/users/diverged", users.diverged)
    if let counterfactuals {
      digest.add("/users/expected_clicks", counterfactuals, shape: [users.row.count, methods.count])
    }
    let shape = [users.row.count, settings.days]
    digest.add("/days/impressions", days.impressions, shape: shape)
    digest.add("/days/clicks", days.clicks, shape: shape)
    digest.add("/days/expected_clicks", days.expectedClicks, shape: shape)
    digest.add("/days/oracle_clicks", days.oracleClicks, shape: shape)
    digest.add("/days/random_clicks", days.randomClicks, shape: shape)
    findings?.add(to: &digest)
    return digest.finalize()
  }
}
