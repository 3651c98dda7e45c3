import IO
import Support

/// Amazon product reviews (McAuley lab): one JSON object a line with `reviewerID`, `asin` and
/// `unixReviewTime`; optionally the metadata file, one object a line with `asin` and `categories` (a list
/// of paths) or `category` (one path), in the Python-literal style of 2014 or in strict JSON. Plain or .gz.
///
/// A review is a positive sample whatever its stars, and products that the user did not review are sampled
/// as negatives. Only reviewed products are items; a product's categories are the names on its paths, and
/// of more than `maximumCategories` the last different ones, so that the leaf stays and roots go.
package enum AmazonImport {
  package struct Options: Sendable {
    package var reviews: String
    package var metadata: String?
    package var split: SplitRule
    package var seed: UInt64
    package var maximumCategories: Int
    package var negatives: NegativeSampling
    /// Whether a user's first review, with an empty history, is a sample too.
    package var keepFirst: Bool
    package var malformed: MalformedLines

    package init(
      reviews: String, metadata: String? = nil, split: SplitRule, seed: UInt64, maximumCategories: Int = 6,
      negatives: NegativeSampling = NegativeSampling(), keepFirst: Bool = false,
      malformed: MalformedLines = .fail
    ) {
      self.reviews = reviews
      self.metadata = metadata
      self.split = split
      self.seed = seed
      self.maximumCategories = maximumCategories
      self.negatives = negatives
      self.keepFirst = keepFirst
      self.malformed = malformed
    }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try options.split.check()
    try options.negatives.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    var provenance = Dataset.Provenance(
      kind: "amazon", splitRule: options.split.text, seed: options.seed,
      negativeSampling: options.negatives.text,
      settings: [
        "on_error": options.malformed.rawValue, "labels": "every review is a positive",
        "keep_first": "\(options.keepFirst)",
      ])

    var log = InteractionLog()
    try readReviews(options, into: &log, &provenance, progress)
    guard log.count > 0 else { throw .noInteractions(file: options.reviews) }
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.metadata {
      try readMetadata(path, options, log.items, &table, &provenance, progress)
    }
    let builder = DatasetBuilder(
      rule: .reviews(options.negatives, keepFirst: options.keepFirst), split: options.split,
      seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.reviews)
    return Dataset(
      rows, items: log.items, table, genome: nil, provenance, hasItemsFile: options.metadata != nil, progress)
  }

  private static func readReviews(
    _ options: Options, into log: inout InteractionLog, _ provenance: inout Dataset.Provenance,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: options.reviews, malformed: options.malformed, progress: progress)
    try lines.readAll { line throws(MalformedLine) in
      var scanner = try ObjectScanner(line)
      var user: Bytes?
      var item: Bytes?
      var timestamp: Int64?
      while let key = try scanner.nextKey() {
        if key.spells("reviewerID") {
          user = try scanner.string("reviewerID")
        } else if key.spells("asin") {
          item = try scanner.string("asin")
        } else if key.spells("unixReviewTime") {
          timestamp = try InteractionLog.timestamp(try scanner.number("unixReviewTime"), "unixReviewTime")
        } else {
          try scanner.skip()
        }
      }
      try scanner.finish()
      guard let user else { throw .missingField("reviewerID") }
      guard let item else { throw .missingField("asin") }
      guard let timestamp else { throw .missingField("unixReviewTime") }
      try log.append(user: user, item: item, timestamp: timestamp, outcome: 1)
    }
    provenance.add(lines)
  }

  /// The editions list some products twice; the first entry stands.
  private static func readMetadata(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var names: [Bytes] = []
    var repeated = 0
    try lines.readAll { line throws(MalformedLine) in
      var scanner = try ObjectScanner(line)
      var item: Bytes?
      names.removeAll(keepingCapacity: true)
      while let key = try scanner.nextKey() {
        if key.spells("asin") {
          item = try scanner.string("asin")
        } else if key.spells("categories") {
          try scanner.strings("categories", into: &names)
        } else if key.spells("category") {
          try scanner.strings("category", into: &names)
        } else {
          try scanner.skip()
        }
      }
      try scanner.finish()
      guard let item else { throw .missingField("asin") }
      guard let row = items.find(item) else { return }
      if table.has(row) {
        repeated += 1
      } else {
        try table.set(row, names)
      }
    }
    provenance.settings["maximum_categories"] = "\(options.maximumCategories)"
    provenance.settings["repeated_metadata"] = "\(repeated)"
    provenance.add(lines)
  }
}
