import IO
import Support

/// A plain table of interactions, for logs of one's own.
///
/// interactions.csv has a header with `user,item,timestamp` and at most one of `rating` and `label`:
/// - neither: every row is a positive, like a review, and negatives are sampled;
/// - `rating`: label = rating >= threshold, nothing is sampled;
/// - `label`, 0 or 1: rows are exposures and clicks, nothing is sampled, and a sample knows only what
///   happened at strictly earlier times.
///
/// items.csv, optional, has a header with `item,category` and optionally `categories`, separated by `|`,
/// general before special; `category` is the special one and counts as their last. Items without a row
/// there have no category. Both files may be gzip.
package enum CSVImport {
  package struct Options: Sendable {
    package var interactions: String
    package var items: String?
    package var split: SplitRule
    package var seed: UInt64
    /// With a `rating` column: the lowest rating whose label is 1.
    package var threshold: Double
    /// Categories kept per item, the last of its list.
    package var maximumCategories: Int
    /// Without `rating` and `label`.
    package var negatives: NegativeSampling
    /// Without `rating` and `label`: whether a user's first row, with an empty history, is a sample too.
    package var keepFirst: Bool
    /// Only users with more training samples than this have samples; nil for all users.
    package var minimumTrainingSamples: Int?
    package var malformed: MalformedLines

    package init(
      interactions: String, items: String? = nil, split: SplitRule, seed: UInt64, threshold: Double = 4,
      maximumCategories: Int = 6, negatives: NegativeSampling = NegativeSampling(), keepFirst: Bool = false,
      minimumTrainingSamples: Int? = nil, malformed: MalformedLines = .fail
    ) {
      self.interactions = interactions
      self.items = items
      self.split = split
      self.seed = seed
      self.threshold = threshold
      self.maximumCategories = maximumCategories
      self.negatives = negatives
      self.keepFirst = keepFirst
      self.minimumTrainingSamples = minimumTrainingSamples
      self.malformed = malformed
    }
  }

  private enum Kind {
    case reviews
    case ratings(column: Int)
    case exposures(column: Int)
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try options.split.check()
    try options.negatives.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    try InteractionLog.check(threshold: options.threshold)
    try DatasetBuilder.check(minimumTrainingSamples: options.minimumTrainingSamples)
    var provenance = Dataset.Provenance(
      kind: "csv", splitRule: options.split.text, seed: options.seed, negativeSampling: "none",
      settings: ["on_error": options.malformed.rawValue])

    var log = InteractionLog()
    let kind = try readInteractions(options, into: &log, &provenance, progress)
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.items {
      try readItems(path, options, log.items, &table, &provenance, progress)
    }

    let rule: DatasetBuilder.SampleRule
    switch kind {
    case .reviews:
      rule = .reviews(options.negatives, keepFirst: options.keepFirst)
      provenance.negativeSampling = options.negatives.text
      provenance.settings["labels"] = "every row is a positive"
      provenance.settings["keep_first"] = "\(options.keepFirst)"
    case .ratings:
      rule = .ratings
      provenance.settings["labels"] = "rating >= \(options.threshold)"
    case .exposures:
      rule = .exposures
      provenance.settings["labels"] = "label"
    }
    if let minimum = options.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }
    let builder = DatasetBuilder(
      rule: rule, split: options.split, minimumTrainingSamples: options.minimumTrainingSamples,
      seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.interactions)
    return Dataset(
      rows, items: log.items, table, genome: nil, provenance, hasItemsFile: options.items != nil, progress)
  }

  private static func readInteractions(
    _ options: Options, into log: inout InteractionLog, _ provenance: inout Dataset.Provenance,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) -> Kind {
    let lines = try SourceLines(path: options.interactions, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields)
    let user = try header.required("user")
    let item = try header.required("item")
    let timestamp = try header.required("timestamp")
    let kind: Kind
    switch (try header.optional("rating"), try header.optional("label")) {
    case (nil, nil): kind = .reviews
    case (let column?, nil): kind = .ratings(column: column)
    case (nil, let column?): kind = .exposures(column: column)
    case (.some, .some):
      throw .conflictingColumns(file: options.interactions, first: "rating", second: "label")
    }
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let label: UInt8
      switch kind {
      case .reviews: label = 1
      case .ratings(let column):
        label = try InteractionLog.rating(fields[column], "rating") >= options.threshold ? 1 : 0
      case .exposures(let column):
        label = try InteractionLog.label(fields[column])
      }
      try log.append(
        user: fields[user], item: fields[item],
        timestamp: try InteractionLog.timestamp(fields[timestamp], "timestamp"), outcome: label)
    }
    provenance.add(lines)
    return kind
  }

  private static func readItems(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields)
    let item = try header.required("item")
    let category = try header.required("category")
    let categories = try header.optional("categories")
    var names: [Bytes] = []
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      if fields[item].count == 0 { throw .emptyField("item") }
      guard let row = items.find(fields[item]) else { return }
      if table.has(row) { throw .repeated("item \(fields[item].excerpt)") }
      names.removeAll(keepingCapacity: true)
      if let categories { fields[categories].split(at: UInt8(ascii: "|"), into: &names) }
      names.append(fields[category])
      try table.set(row, names)
    }
    provenance.settings["maximum_categories"] = "\(options.maximumCategories)"
    provenance.add(lines)
  }
}
