import IO

/// Amazon product reviews (McAuley lab), one JSON object per line or as a table; optionally the metadata file. Plain or
/// .gz.
///
/// | edition | reviews | metadata |
/// |---|---|---|
/// | 2014 | `reviewerID`, `asin`, `unixReviewTime` | `asin`, `categories` (a list of paths), in Python's form |
/// | 2018 | as 2014 | `asin`, `category` (a path, then perhaps bullet points: see `CategoryPaths`) |
/// | 2023 | `user_id`, `parent_asin`, `timestamp` in milliseconds | `parent_asin`, `categories` (one path) |
///
/// A review is a positive sample whatever its stars, and products that the user has no review of are sampled
/// as negatives. A short form over the shipped schemas of the editions.
package enum AmazonImport {
  package struct Options: Sendable {
    package var reviews: String
    package var metadata: String?
    package var split: SplitRule
    package var seed: UInt64
    package var maximumCategories: Int
    /// Whether all names of the 2018 edition's `category` stay, the bullet points too.
    package var keepsBullets: Bool
    package var negatives: NegativeSampling
    /// Whether a user's first review, with an empty history, is a sample too.
    package var keepFirst: Bool
    package var malformed: MalformedLines
    package var rows = RowRules()

    package init(
      reviews: String, metadata: String? = nil, split: SplitRule, seed: UInt64, maximumCategories: Int = 6,
      keepsBullets: Bool = false, negatives: NegativeSampling = NegativeSampling(), keepFirst: Bool = false,
      malformed: MalformedLines = .fail
    ) {
      self.reviews = reviews
      self.metadata = metadata
      self.split = split
      self.seed = seed
      self.maximumCategories = maximumCategories
      self.keepsBullets = keepsBullets
      self.negatives = negatives
      self.keepFirst = keepFirst
      self.malformed = malformed
    }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try TableImport.run(schema(options), progress: progress)
  }

  /// The schema that the options and the first lines of the files say.
  package static func schema(_ options: Options) throws(ImportError) -> Schema {
    let ratings = ShippedSchema.named("amazon-ratings-only").log
    let reviews = try FileColumns(
      options.reviews,
      orInOrder: [
        [ratings.user, "reviewerID", "user_id"], [ratings.item, "parent_asin", "asin"],
        ["rating", "overall"],
        ["timestamp", "unixReviewTime"],
      ])
    let metadata = try options.metadata.map { file throws(ImportError) in
      try FileColumns(file, orInOrder: [["parent_asin", "asin"], ["categories", "category"]])
    }
    let edition =
      if reviews.form.columns != nil {
        "amazon-ratings-only"
      } else if try reviews.find(["user_id"]) != nil {
        "amazon-2023"
      } else if try metadata?.find(["category"]) != nil {
        "amazon-2018"
      } else {
        "amazon-2014"
      }
    var schema = Schema.shortForm(edition, kind: "amazon")
    schema.log.files = [options.reviews]
    schema.log.guesses = reviews.guesses
    if reviews.form.columns == nil {
      schema.log.item = try reviews.find(["parent_asin", "asin"]) ?? schema.log.item
      // The unit is that of the first time, whatever the edition.
      if schema.log.time.unit == .milliseconds { schema.log.time.unit = nil }
    }
    schema.setItems(options.metadata)
    if let metadata {
      schema.items?.key = try metadata.find(["parent_asin", "asin"]) ?? schema.log.item
      let hasLists = try metadata.find(["categories"]) != nil
      let hasPath = try metadata.find(["category"]) != nil
      let isPath = hasPath && !hasLists
      schema.readCategory(from: .column(isPath ? "category" : "categories"))
      schema.changeCategory {
        $0.separator = []
        $0.isPath = isPath && !options.keepsBullets
      }
    }
    try schema.keepCategories(options.maximumCategories)
    schema.split = .init(options.split)
    schema.seed = options.seed
    schema.negatives = options.negatives
    schema.keepFirst = options.keepFirst
    schema.malformed = options.malformed
    options.rows.apply(to: &schema)
    var advice = ImportAdvice(labels: "give --negatives 1-9")
    advice.noSamples = "give --keep-first, or a log with more reviews per user"
    schema.words = .init(timeUnit: nil, advice: advice)
    return schema
  }
}
