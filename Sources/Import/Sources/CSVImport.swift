import IO

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
/// there have no category. Both files may be gzip. A short form over the shipped schema `clicks-csv`.
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
    package var rows = RowRules()

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
    try TableImport.run(schema(options), progress: progress)
  }

  /// The schema that the options and the first line of the files say.
  package static func schema(_ options: Options) throws(ImportError) -> Schema {
    try RatingReader(threshold: options.threshold, notRated: options.notRated).check()
    var schema = Schema.shortForm("clicks-csv", kind: "csv")
    for file in [options.interactions, options.items].compactMap(\.self) { try FileBytes.checkIsKept(file) }
    let lines = try SourceLines(path: options.interactions, malformed: .skip) { _ in }
    var fields = CSVFields(delimiter: options.delimiter)
    let columns = try LogColumns(lines, &fields, options.columns)
    schema.log.files = [options.interactions]
    schema.log.form.delimiter = options.delimiter.map { [$0] }
    if !columns.hasHeader {
      schema.log.form.columns = columns.names
      // A guess of the delimiter is made anew by who reads the file.
      schema.log.guesses = lines.account.guesses.filter { $0.hasPrefix("no header") }
    }
    schema.log.user = columns.names[columns.user]
    schema.log.item = columns.names[columns.item]
    schema.log.time = Schema.Time(column: columns.names[columns.time])
    schema.log.time.unit = options.timeUnit
    try options.refuseUnused(columns.outcome)
    var advice: ImportAdvice
    switch columns.outcome {
    case .positive:
      schema.label = .none
      advice = ImportAdvice(labels: "give --negatives 1-9, or --label-column")
      advice.noSamples = "give --keep-first, or a log with more rows per user"
    case .rating(let name):
      schema.label = .threshold(columns: [name], atLeast: options.threshold, notRated: options.notRated)
      advice = ImportAdvice(labels: "give another --threshold, or --all-positive to sample negatives")
    case .label(let name):
      schema.label = .values(column: name, positive: [], negative: [])
      advice = ImportAdvice(labels: "give the right --label-column, or --all-positive to sample negatives")
    }
    schema.words = .init(
      threshold: "--threshold", notRated: "--not-rated", timeUnit: "--time-unit", advice: advice)
    schema.setItems(options.items)
    if let items = options.items { try readItems(items, options, &schema) }
    try schema.keepCategories(options.maximumCategories)
    schema.split = .init(options.split)
    schema.seed = options.seed
    schema.negatives = options.negatives
    schema.keepFirst = options.keepFirst
    schema.minimumTrainingSamples = options.minimumTrainingSamples
    schema.malformed = options.malformed
    options.rows.apply(to: &schema)
    return schema
  }

  private static func readItems(
    _ path: String, _ options: Options, _ schema: inout Schema
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: .skip) { _ in }
    if try lines.holdObjects() { throw .objects(file: path) }
    var fields = CSVFields(delimiter: options.delimiter)
    let header = try CSVHeader(lines, &fields)
    let itemNames = (options.columns.item.map { [$0] } ?? []) + UsualColumns.items
    schema.items?.form.delimiter = options.delimiter.map { [$0] }
    schema.items?.key = header.names[try header.required(itemNames, option: "--item-column")]
    let categories = try header.optional("categories")
    if categories == nil { _ = try header.required("category") }
    let names = ["categories", "category"].filter { header.names.contains($0) }
    schema.readCategory(from: .columns(names))
    let columns = header.names.indices.filter { names.contains(header.names[$0]) }
    if try CSVImport.holdLists(lines, &fields, columns, of: header.fieldCount) {
      schema.changeCategory { $0.separator = [] }
    }
  }
}

extension CSVImport {
  /// Whether the first values of `columns` are all lists as Python and JSON write them: `['a', 'b']`.
  private static func holdLists(
    _ lines: SourceLines, _ fields: inout CSVFields, _ columns: [Int], of count: Int
  ) throws(ImportError) -> Bool {
    var lists = 0
    for _ in 0..<100 {
      guard let line = try lines.next() else { break }
      guard (try? fields.split(line)) != nil, fields.count == count else { continue }
      for column in columns {
        let text = String(decoding: fields[column].trimmed, as: UTF8.self)
        if text.isEmpty { continue }
        guard ["['", "[\""].contains(where: text.hasPrefix) && text.hasSuffix("]") || text == "[]" else {
          return false
        }
        lists += 1
      }
    }
    return lists > 0
  }
}

extension CSVImport.Options {
  /// Refuses options that would change nothing in a log with this outcome.
  fileprivate func refuseUnused(_ outcome: LogColumns.Outcome) throws(ImportError) {
    let found: String
    switch outcome {
    case .positive: found = "every row of this log is a positive"
    case .rating(let name): found = "this log has the rating \(name)"
    case .label(let name): found = "this log has the label \(name)"
    }
    if case .rating = outcome {
    } else {
      let words = "it is for ratings, and \(found)"
      if let threshold { throw .option(name: "--threshold", value: plain(threshold), allowed: words) }
      if let value = notRated.first {
        throw .option(name: "--not-rated", value: plain(value), allowed: words)
      }
    }
    if case .positive = outcome { return }
    let words = "negatives are drawn where every row is a positive (--all-positive), and \(found)"
    let standard = NegativeSampling()
    if negatives.ratios != standard.ratios {
      let (low, high) = (negatives.ratios.lowerBound, negatives.ratios.upperBound)
      throw .option(name: "--negatives", value: low == high ? "\(low)" : "\(low)-\(high)", allowed: words)
    }
    if negatives.ownItems != standard.ownItems {
      throw .option(name: "--own-items", value: negatives.ownItems.rawValue, allowed: words)
    }
    if negatives.candidates != standard.candidates {
      throw .option(name: "--among", value: negatives.candidates.rawValue, allowed: words)
    }
    if negatives.popularityPower != standard.popularityPower {
      throw .option(
        name: "--popularity-power", value: plain(negatives.popularityPower), allowed: words)
    }
    if keepFirst { throw .option(name: "--keep-first", value: "given", allowed: words) }
  }
}
