import IO
import Support

/// A plain table of interactions, for logs of one's own.
///
/// The log has a header with a user, an item, a time and at most one of `rating` and `label` (see `LogColumns`
/// for the names that are known, and for files without a header), in any order:
/// - neither: every row is a positive, like a review, and negatives are sampled;
/// - `rating`: label = rating >= threshold, nothing is sampled;
/// - `label`: rows are exposures and clicks, nothing is sampled, and a sample knows only what happened at
///   strictly earlier times.
///
/// The items, optional, have an `item`, a `category` and optionally `categories`, separated by `|`,
/// general before special; `category` is the special one and counts as their last. Items without a row
/// there have no category. Both files may be gzip.
package enum CSVImport {
  package struct Options: Sendable {
    package var interactions: String
    package var items: String?
    package var split: SplitRule
    package var seed: UInt64
    /// Which columns are which.
    package var columns = LogColumns.Names()
    /// The byte between fields; nil where the first line tells it.
    package var delimiter: UInt8?
    /// The unit of times; nil where the first time tells it.
    package var timeUnit: TimeUnit?
    /// With ratings: the lowest whose label is 1; `RatingReader.defaultThreshold` if nil.
    package var threshold: Double?
    /// With ratings: values that stand for "not rated", whose rows are left out.
    package var notRated: [Double] = []
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
      interactions: String, items: String? = nil, split: SplitRule, seed: UInt64, threshold: Double? = nil,
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

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try options.split.check()
    try options.negatives.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    var ratings = RatingReader(threshold: options.threshold, notRated: options.notRated)
    try ratings.check()
    try DatasetBuilder.check(minimumTrainingSamples: options.minimumTrainingSamples)
    var provenance = Dataset.Provenance(
      kind: "csv", splitRule: options.split.text, seed: options.seed, negativeSampling: "none",
      settings: ["on_error": options.malformed.rawValue])

    var log = InteractionLog()
    var account = ImportAccount()
    let outcome = try readInteractions(options, into: &log, &ratings, &provenance, &account, progress)
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.items {
      try readItems(path, options, log.items, &table, &provenance, &account, progress)
    }

    let rule: DatasetBuilder.SampleRule
    var advice: ImportAdvice
    switch outcome {
    case .positive:
      rule = .reviews(options.negatives, keepFirst: options.keepFirst)
      account.labelSource = "every row is a positive"
      provenance.negativeSampling = options.negatives.text
      provenance.settings["keep_first"] = "\(options.keepFirst)"
      advice = ImportAdvice(labels: "give --negatives 1-9, or --label-column")
      advice.noSamples = "give --keep-first, or a log with more rows per user"
    case .rating(_, let name):
      rule = .ratings
      account.labelSource = ratings.text(name)
      advice = ImportAdvice(labels: "give another --threshold, or --all-positive to sample negatives")
    case .label(_, let name):
      rule = .exposures
      account.labelSource = name
      advice = ImportAdvice(labels: "give the right --label-column, or --all-positive to sample negatives")
    }
    provenance.settings["labels"] = account.labelSource
    if let minimum = options.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }
    let builder = DatasetBuilder(
      rule: rule, split: options.split, minimumTrainingSamples: options.minimumTrainingSamples,
      seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.interactions)
    return Dataset(
      rows, items: log.items, table, genome: nil, provenance, account, hasItemsFile: options.items != nil,
      advice, progress)
  }

  private static func readInteractions(
    _ options: Options, into log: inout InteractionLog, _ ratings: inout RatingReader,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) -> LogColumns.Outcome {
    let lines = try SourceLines(path: options.interactions, malformed: options.malformed, progress: progress)
    var fields = CSVFields(delimiter: options.delimiter)
    let columns = try LogColumns(lines, &fields, options.columns)
    let (user, item, time, outcome) = (columns.user, columns.item, columns.time, columns.outcome)
    var times = TimeReader(field: columns.names[time], unit: options.timeUnit)
    var notRated = LineTally()
    // Plain numbers in the loop: a name in it would be counted up and down for every row.
    let count = columns.names.count
    let (ratingColumn, labelColumn, ratingName) = (outcome.rating, outcome.label, outcome.name)
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: count)
      var label: UInt8 = 1
      if let labelColumn {
        label = try InteractionLog.label(fields[labelColumn])
      } else if let ratingColumn {
        guard let rated = try ratings.label(fields[ratingColumn], ratingName) else {
          notRated.add(at: lines.number)
          return
        }
        label = rated
      }
      try log.append(
        user: fields[user], item: fields[item], timestamp: try times.seconds(fields[time]), outcome: label)
    }
    lines.leaveOut("not rated", notRated)
    account.trimmedIds += log.trimmed
    account.warnings += ratings.warnings
    account.add(times, lines, option: "--time-unit")
    account.add(lines, &provenance)
    return outcome
  }

  private static func readItems(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields(delimiter: options.delimiter)
    let header = try CSVHeader(lines, &fields)
    let itemNames = (options.columns.item.map { [$0] } ?? []) + LogColumns.itemNames
    let item = try header.required(itemNames, option: "--item-column")
    let categories = try header.optional("categories")
    let category: Int? =
      if categories == nil { try header.required("category") } else { try header.optional("category") }
    header.account([item, category, categories], in: lines)
    var names: [Bytes] = []
    var others = LineTally()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let id = fields[item].trimmed
      if id.count == 0 { throw .emptyField("item") }
      guard let row = items.find(id) else {
        others.add(at: lines.number)
        return
      }
      if table.has(row) { throw .repeated("item \(id.excerpt)") }
      names.removeAll(keepingCapacity: true)
      if let categories { fields[categories].split(at: UInt8(ascii: "|"), into: &names) }
      if let category { names.append(fields[category]) }
      table.set(row, names) { lines.lose($0) }
    }
    lines.leaveOut("the item is not in the log", others)
    provenance.settings["maximum_categories"] = "\(options.maximumCategories)"
    account.add(lines, &provenance)
  }
}
