import IO
import Support

/// Any log, by a schema that says what its columns are.
///
/// Each file is read once. Rows of the log become events and samples; features of samples and events are columns of
/// the log, those of users and items columns of files of their own, whose rows are found by user and item. Which values
/// are known, and the parameters of numeric steps, follow from the training part.
package struct TableImport: ~Copyable {
  private let schema: Schema
  private let progress: ImportProgress
  private var features: FeatureSet
  private var labels: LabelReader
  private var log = InteractionLog()
  private var account = ImportAccount()
  private var provenance: Dataset.Provenance

  package static func run(
    _ schema: Schema, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    var table = TableImport(schema, progress)
    return try table.run()
  }

  private init(_ schema: Schema, _ progress: @escaping ImportProgress) {
    self.schema = schema
    self.progress = progress
    features = FeatureSet(schema)
    labels = LabelReader(schema.label, &features.log)
    provenance = Dataset.Provenance(
      kind: schema.kind, splitRule: "", seed: schema.seed, negativeSampling: "none",
      settings: [
        "on_error": schema.malformed.rawValue, "labels": labels.text, "repeats": schema.repeats.rawValue,
      ])
    if !schema.text.isEmpty { provenance.settings["schema"] = schema.text }
    account.labelSource = labels.text
    account.keepsRepeats = schema.repeats == .keep
  }

  private mutating func run() throws(ImportError) -> Dataset {
    try schema.negatives.check()
    try DatasetBuilder.check(minimumTrainingSamples: schema.minimumTrainingSamples)
    for path in schema.log.files { try readLog(path) }
    account.trimmedIds = log.trimmed
    account.warnings += labels.warnings
    let users = try read(schema.users, .users, features.users)
    let items = try read(schema.items, .items, features.items)
    let split = try split()
    provenance.splitRule = split.text

    let rule: DatasetBuilder.SampleRule
    switch schema.label {
    case .unstated, .none:
      rule = .reviews(schema.negatives, keepFirst: schema.keepFirst)
      provenance.negativeSampling = schema.negatives.text
      provenance.settings["keep_first"] = "\(schema.keepFirst)"
    case .values: rule = .exposures
    case .threshold: rule = .ratings
    }
    if let sameTime = schema.sameTime { provenance.settings["same_time"] = sameTime.rawValue }
    if let minimum = schema.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }
    var builder = DatasetBuilder(
      rule: rule, split: split, minimumTrainingSamples: schema.minimumTrainingSamples, seed: schema.seed,
      progress: progress)
    builder.repeated = schema.repeats
    builder.sameTime = schema.sameTime
    builder.tracksOrigins = true
    let rows = try builder.build(&log, source: schema.log.files[0])
    return try assemble(rows, users: users, items: items)
  }

  // MARK: The log

  private mutating func readLog(_ path: String) throws(ImportError) {
    let reader = try RecordReader(
      path, schema.log.form, features.log, malformed: schema.malformed, progress)
    let time = schema.log.time
    var times = TimeReader(
      field: time.column, unit: time.unit, format: time.format, utcOffset: time.utcOffset)
    let collectors = features.readers(.samples) + features.readers(.events)
    // Of users and items that have no file of their own the first row says it.
    let ofUsers = schema.users?.file == nil ? features.readers(.users) : []
    let ofItems = schema.items?.file == nil ? features.readers(.items) : []
    let (user, item, moment) = (
      features.log.slot(schema.log.user), features.log.slot(schema.log.item), features.log.slot(time.column)
    )
    try reader.readAll { () throws(MalformedLine) in
      guard let label = try labels.label(reader) else { return }
      let timestamp = try times.seconds(reader.required(moment))
      let (users, items) = (log.users.count, log.items.count)
      try log.append(
        user: reader.required(user), item: reader.required(item), timestamp: timestamp, outcome: label)
      for collector in collectors { collector.take(reader, at: timestamp) }
      if log.users.count > users { for collector in ofUsers { collector.take(reader, at: timestamp) } }
      if log.items.count > items { for collector in ofItems { collector.take(reader, at: timestamp) } }
    }
    if schema.label == .unstated {
      for name in reader.allNames where !features.log.names.contains(name) && LogColumns.isLikeLabel(name) {
        throw .unstatedLabel(file: path, column: name)
      }
    }
    reader.lines.leaveOut("not rated", labels.takeNotRated())
    account.add(times, reader.lines, option: "log.time.unit")
    account.add(reader.lines, &provenance)
  }

  // MARK: Users and items

  /// Reads the rows of the users or items that the log has, if they have a file: the record of each, -1 where there is
  /// none.
  private mutating func read(
    _ entities: Schema.Entities?, _ owner: FeatureOwner, _ columns: ColumnSet
  ) throws(ImportError) -> Column<Int32> {
    let all = owner == .users ? log.users.count : log.items.count
    // The log's first rows of users and items are in the order of these.
    guard let entities, let file = entities.file else { return Column((0..<all).map(Int32.init)) }
    let records = Column<Int32>(repeatElement(-1, count: all))
    let reader = try RecordReader(
      file, entities.form, columns, malformed: schema.malformed, progress)
    let collectors = features.readers(owner)
    let name = owner == .users ? "user" : "item"
    var (others, repeated, count) = (LineTally(), LineTally(), Int32(0))
    try reader.readAll { () throws(MalformedLine) in
      let id = try reader.required(0).trimmed
      guard let row = owner == .users ? log.users.find(id) : log.items.find(id) else {
        others.add(at: reader.lines.number)
        return
      }
      // The first row counts, as catalogues list some products twice.
      if records[Int(row)] >= 0 {
        repeated.add(at: reader.lines.number)
        return
      }
      records.values[Int(row)] = count
      count += 1
      for collector in collectors { collector.take(reader, at: 0) }
    }
    reader.lines.leaveOut("the \(name) is not in the log", others)
    reader.lines.leaveOut("the \(name) is listed a second time", repeated)
    account.add(reader.lines, &provenance)
    return records
  }

  // MARK: Samples

  private func split() throws(ImportError) -> SplitRule {
    let rule: SplitRule
    switch schema.split {
    case .fraction(let fraction): rule = .fraction(fraction)
    case .time(let time): rule = .timestamp(time)
    case .lastDays(let days):
      let last = (0..<log.count).reduce(Int64(0)) { max($0, log.timestamp.pointer[$1]) }
      rule = .lastDays(days, upTo: last, offset: schema.log.time.utcOffset)
    }
    try rule.check()
    return rule
  }

  // MARK: The data set

  private mutating func assemble(
    _ rows: DatasetBuilder.Rows, users: Column<Int32>, items: Column<Int32>
  ) throws(ImportError) -> Dataset {
    guard let origins = rows.origins else { preconditionFailure("the builder tracks origins") }
    var dataset = Dataset(
      users: rows.users, events: rows.events, train: rows.train, test: rows.test,
      items: Dataset.Items(id: log.items.column()), provenance: provenance)
    let records: [FeatureOwner: [Column<Int32>]] = [
      .users: [users], .items: [items],
      .samples: [origins.train, origins.test], .events: [origins.events],
    ]
    let columns = FeatureColumns(schema, features, records)
    for owner in FeatureOwner.allCases {
      for index in columns.rules(owner).indices {
        if let feature = columns.feature(owner, index) {
          dataset.features[owner].append(feature)
        } else if let feature = try readVector(columns.rules(owner)[index], owner) {
          dataset.features[owner].append(feature)
        }
      }
    }
    dataset.features.vocabularies = features.vocabularies.map { $0.vocabulary() }
    dataset.countOccurrences()
    dataset.orderVocabularies()
    dataset.fitNumericSteps()
    dataset.provenance.sources = provenance.sources
    dataset.provenance.skippedLines = provenance.skippedLines
    complete(&dataset, rows, users: users, items: items)
    return dataset
  }

  /// A vector with a file of its own.
  private mutating func readVector(
    _ rule: FeatureRule, _ owner: FeatureOwner
  ) throws(ImportError) -> Feature? {
    guard case .vector(.long(let table)) = rule.kind else { return nil }
    var reader = GenomeReader(malformed: schema.malformed)
    reader.columns = .init(key: table.key, index: table.index, value: table.value)
    reader.allowed = nil
    let name = owner == .users ? "user" : "item"
    reader.words = (name, "vector \(rule.name)", "the \(name) is not in the log")
    let vectors =
      owner == .users
      ? try reader.read(table.file, log.users, &provenance, &account, progress)
      : try reader.read(table.file, log.items, &provenance, &account, progress)
    return Feature(
      rule.name, .vector(width: vectors.width), [.numbers(vectors.values, missing: vectors.missing)],
      description: rule.description(of: owner), source: Schema.source(table.file, table.value))
  }

  private mutating func complete(
    _ dataset: inout Dataset, _ rows: DatasetBuilder.Rows, users: Column<Int32>, items: Column<Int32>
  ) {
    account.repeats = rows.repeats
    account.negatives = rows.negatives
    account.count(dataset, hasItemsFile: false)
    if schema.users?.file != nil { account.usersWithoutRow = users.values.count { $0 < 0 } }
    if schema.items?.file != nil { account.itemsWithoutRow = items.values.count { $0 < 0 } }
    account.count(dataset.features)
    var advice = ImportAdvice(labels: "give another label.column, label.positive or label.at_least")
    advice.split = "give split: {fraction: 0.8}, or a split.time inside the log"
    advice.leftOut = "correct the file, or what the schema says of its columns"
    advice.categories = "give the right column, or min_count: 2"
    advice.items = "give the right key: both files must have the same ids"
    advice.noSamples = "give negatives: {keep_first: true}, or a log with more rows per user"
    advice.negatives = "give negatives: {own_items: as-negatives}, or a log of more items"
    account.finish(&dataset, advice, progress)
  }
}
