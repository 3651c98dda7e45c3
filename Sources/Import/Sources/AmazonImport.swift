import IO
import Support

/// Amazon product reviews (McAuley lab), one JSON object per line; optionally the metadata file. Plain or .gz.
///
/// | edition | reviews | metadata |
/// |---|---|---|
/// | 2014 | `reviewerID`, `asin`, `unixReviewTime` | `asin`, `categories` (a list of paths), in Python's form |
/// | 2018 | as 2014 | `asin`, `category` (a path, then perhaps bullet points: see `CategoryPaths`) |
/// | 2023 | `user_id`, `parent_asin`, `timestamp` in milliseconds | `parent_asin`, `categories` (one path) |
///
/// A review is a positive sample whatever its stars, and products that the user has no review of are sampled
/// as negatives. Only reviewed products are items; a product's categories are the names on its paths, and
/// of more than `maximumCategories` the last different ones, so that the leaf stays and roots go.
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
    try options.split.check()
    try options.negatives.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    var account = ImportAccount()
    account.labelSource = "every review is a positive"
    var provenance = Dataset.Provenance(
      kind: "amazon", splitRule: options.split.text, seed: options.seed,
      negativeSampling: options.negatives.text,
      settings: [
        "on_error": options.malformed.rawValue, "labels": account.labelSource,
        "keep_first": "\(options.keepFirst)",
      ])

    var log = InteractionLog()
    try readReviews(options, into: &log, &provenance, &account, progress)
    guard log.count > 0 else { throw .noInteractions(file: options.reviews) }
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.metadata {
      try readMetadata(path, options, log.items, &table, &provenance, &account, progress)
    }
    let builder = DatasetBuilder(
      rule: .reviews(options.negatives, keepFirst: options.keepFirst), split: options.split,
      seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.reviews)
    var advice = ImportAdvice(labels: "give --negatives 1-9")
    advice.noSamples = "give --keep-first, or a log with more reviews per user"
    return Dataset(
      rows, items: log.items, table, genome: nil, provenance, account, hasItemsFile: options.metadata != nil,
      advice, progress)
  }

  private static func readReviews(
    _ options: Options, into log: inout InteractionLog, _ provenance: inout Dataset.Provenance,
    _ account: inout ImportAccount, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: options.reviews, malformed: options.malformed, progress: progress)
    var seconds = TimeReader(field: "unixReviewTime", unit: .seconds)
    var other = TimeReader(field: "timestamp")
    var (used, unused) = (Set<String>(), Set<String>())
    try lines.readAll { line throws(MalformedLine) in
      var scanner = try ObjectScanner(line)
      var user: Bytes?
      // The product of all variants, where the edition has it: its metadata has no other.
      var (parent, variant) = (Bytes?.none, Bytes?.none)
      var timestamp: Int64?
      while let key = try scanner.nextKey() {
        var isUsed = true
        if key.spells("reviewerID") {
          user = try scanner.string("reviewerID")
        } else if key.spells("user_id") {
          user = try scanner.string("user_id")
        } else if key.spells("asin") {
          variant = try scanner.string("asin")
        } else if key.spells("parent_asin") {
          parent = try scanner.string("parent_asin")
        } else if key.spells("unixReviewTime") {
          timestamp = try seconds.seconds(try scanner.number("unixReviewTime"))
        } else if key.spells("timestamp") {
          timestamp = try other.seconds(try scanner.number("timestamp"))
        } else {
          isUsed = false
        }
        if lines.isEarly {
          let name = String(decoding: key, as: UTF8.self)
          if isUsed { used.insert(name) } else { unused.insert(name) }
        }
        if !isUsed { try scanner.skip() }
      }
      try scanner.finish()
      guard let user else { throw .missingField("reviewerID or user_id") }
      guard let item = parent ?? variant else { throw .missingField("asin or parent_asin") }
      guard let timestamp else { throw .missingField("unixReviewTime or timestamp") }
      try log.append(user: user, item: item, timestamp: timestamp, outcome: 1)
    }
    if used.contains("parent_asin") && used.remove("asin") != nil { unused.insert("asin") }
    (lines.account.usedColumns, lines.account.unusedColumns) = (used.sorted(), unused.sorted())
    account.trimmedIds += log.trimmed
    account.fractionalTimes += seconds.fractions
    account.add(other, lines)
    account.add(lines, &provenance)
  }

  /// The editions list some products twice; the first entry stands.
  private static func readMetadata(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var names: [Bytes] = []
    var paths = CategoryPaths(items: items.count)
    var (repeated, others) = (LineTally(), LineTally())
    var (used, unused) = (Set<String>(), Set<String>())
    try lines.readAll { line throws(MalformedLine) in
      var scanner = try ObjectScanner(line)
      var (parent, variant) = (Bytes?.none, Bytes?.none)
      var mayHaveBullets = false
      names.removeAll(keepingCapacity: true)
      while let key = try scanner.nextKey() {
        if lines.isEarly {
          let name = String(decoding: key, as: UTF8.self)
          let isUsed = ["asin", "parent_asin", "categories", "category"].contains(name)
          if isUsed { used.insert(name) } else { unused.insert(name) }
        }
        if key.spells("asin") {
          variant = try scanner.string("asin")
        } else if key.spells("parent_asin") {
          parent = try scanner.string("parent_asin")
        } else if key.spells("categories") {
          if !(try scanner.strings(into: &names)) { lines.lose(.notAListOfStrings(field: "categories")) }
        } else if key.spells("category") {
          if !(try scanner.strings(into: &names)) { lines.lose(.notAListOfStrings(field: "category")) }
          mayHaveBullets = true
        } else {
          try scanner.skip()
        }
      }
      try scanner.finish()
      guard let item = parent ?? variant else { throw .missingField("asin or parent_asin") }
      guard let row = items.find(item.trimmed) else {
        others.add(at: lines.number)
        return
      }
      if table.has(row) || paths.has(row) {
        repeated.add(at: lines.number)
      } else if mayHaveBullets {
        paths.add(row, names) { lines.lose($0) }
      } else {
        table.set(row, names) { lines.lose($0) }
      }
    }
    paths.finish(into: &table, keepsAll: options.keepsBullets)
    if paths.cut > 0 {
      lines.account.guesses.append(
        "category is a path followed by bullet points: \(paths.cut) names after the paths are left out "
          + "(--keep-bullets keeps them)")
    }
    lines.leaveOut("the product has no review", others)
    lines.leaveOut("the product is listed a second time", repeated)
    (lines.account.usedColumns, lines.account.unusedColumns) = (used.sorted(), unused.sorted())
    provenance.settings["maximum_categories"] = "\(options.maximumCategories)"
    provenance.settings["repeated_metadata"] = "\(repeated.count)"
    provenance.settings["bullet_points_left_out"] = "\(paths.cut)"
    account.add(lines, &provenance)
  }
}
