import IO
import Support

/// Any log, by a schema that says what its columns are.
///
/// Each file is read once. Rows of the log become events and samples; features of samples and events are columns of
/// the log, those of users and items columns of files of their own, whose rows are found by user and item. Which values
/// are known, and the parameters of numeric steps, follow from the training part.
package struct TableImport: ~Copyable {
  let schema: Schema
  let progress: ImportProgress
  let watch: MemoryWatch
  var features: FeatureSet
  var labels: LabelReader
  var log = InteractionLog()
  var account = ImportAccount()
  var provenance: Dataset.Provenance
  /// What rows of logs say of users and of items.
  var ofUsers: FirstRows
  var ofItems: FirstRows
  var histories = ListedHistories()
  /// Interactions of the first log's rows; those of histories follow.
  var rows = 0
  /// Whether all rows, those of histories, too, and the records of the log's features stand in runs of users.
  var isArranged = false
  /// While logs are read and arranged: the interactions that the rows of each of the account's files are, in their order.
  var fileRows: [FileRows] = []
  /// Where only the first rows of a log are looked at: how many, and what the log's lines say of their size.
  var rowLimit: Int?
  var head = (bytes: 0, isWhole: true)

  package static func run(
    _ schema: Schema, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    var table = try TableImport(schema, progress)
    return try table.run()
  }

  init(_ schema: Schema, _ progress: @escaping ImportProgress) throws(ImportError) {
    self.schema = schema
    let watch = MemoryWatch(schema)
    self.watch = watch
    self.progress = { event in
      watch.take(event)
      progress(event)
      SignOfLife.give()
    }
    features = FeatureSet(schema)
    labels = try LabelReader(schema, &features.log)
    ofUsers = FirstRows(schema.users?.file == nil ? features.readers(.users) : [])
    ofItems = FirstRows(
      schema.items?.file == nil || schema.history?.itemFeatures.isEmpty == false
        ? features.readers(.items) : [])
    provenance = Dataset.Provenance(
      kind: schema.kind, splitRule: "", seed: schema.seed, negativeSampling: "none",
      settings: [
        "on_error": schema.malformed.rawValue, "labels": labels.text, "repeats": schema.repeats.rawValue,
      ])
    provenance.settings.merge(schema.settings) { $1 }
    if !schema.text.isEmpty { provenance.settings["schema"] = schema.text }
    provenance.settings[Dataset.Provenance.reading] = LogReading.text(of: schema)
    account.labelSource = labels.text
    account.keepsRepeats = schema.repeats == .keep
  }

  private mutating func run() throws(ImportError) -> Dataset {
    let rule = try checkedRule()
    try TableImport.checkOthers(schema)
    try shareFiles()
    for path in schema.log.files { try readLog(path) }
    rows = log.count
    try readHistories()
    account.trimmedIds += log.trimmed
    account.warnings += labels.warnings
    account.usersWithoutRow = try read(schema.users, .users, features.users)
    account.itemsWithoutRow = try read(schema.items, .items, features.items)
    let split = try split()
    provenance.splitRule = split.text
    noteSettings()
    var builder = DatasetBuilder(
      rule: rule, split: split, minimumTrainingSamples: schema.minimumTrainingSamples, seed: schema.seed,
      progress: progress)
    builder.repeated = schema.repeats
    builder.sameTime = schema.sameTime
    builder.tracksOrigins = true
    provenance.settings["same_time"] = builder.knownOfMoment.rawValue
    guard log.count > 0 else { throw .noInteractions(file: schema.log.files[0]) }
    let offsets = try log.offsets()
    let rows = try builder.build(&log, offsets, try arrange(offsets), source: schema.log.files[0])
    if case .credited = rule {
      provenance.settings["actions_without_exposure"] = "\(rows.uncreditedActions)"
      account.labelSource += "; \(rows.uncreditedActions) actions are credited to no exposure"
    }
    return try assemble(rows)
  }

  /// Puts the rows into runs of users, if there is more than one of these.
  private mutating func arrange(_ offsets: Column<Int64>) throws(ImportError) -> UserRuns {
    let largest = (0..<log.users.count).reduce(0) { max($0, Int(offsets[$1 + 1] - offsets[$1])) }
    Spill.current?.require(largest * EventSorter.bytesPerEvent)
    try checkMemory()
    let collectors = features.readers(.samples) + features.readers(.events)
    let widest = collectors.map(\.recordBytes).max() ?? 0
    let runs = UserRuns(offsets, rowBytes: max(SortedEvents.rowBytes, widest))
    if runs.count == 1 { return runs }
    isArranged = true
    let order = RowOrder(log.user.pointer, count: log.count, runs)
    for collector in collectors { try collector.arrange(order) }
    fileRows = order.arranged(fileRows)
    try log.arrange(order)
    return runs
  }

  // MARK: Samples

  /// Checks what the schema says of samples.
  mutating func checkedRule() throws(ImportError) -> DatasetBuilder.SampleRule {
    try schema.negatives.check()
    try DatasetBuilder.check(minimumTrainingSamples: schema.minimumTrainingSamples)
    if let rule = schema.split.rule { try rule.check() }
    return try sampleRule()
  }

  private mutating func sampleRule() throws(ImportError) -> DatasetBuilder.SampleRule {
    switch schema.label {
    case .unstated, .none:
      provenance.negativeSampling = schema.negatives.text
      provenance.settings["keep_first"] = "\(schema.keepFirst)"
      return .reviews(schema.negatives, keepFirst: schema.keepFirst)
    case .values: return schema.hasActions ? .clicks : .exposures
    case .impressions: return .exposures
    case .threshold: return .ratings
    case .credit(let credit):
      let rule = ActionCredit(window: credit.window, offset: schema.log.time.utcOffset)
      try rule.check()
      provenance.settings["action_window"] = credit.window.text
      return .credited(rule)
    }
  }

  private func split() throws(ImportError) -> SplitRule {
    if let rule = schema.split.rule { return rule }
    let offset = schema.log.time.utcOffset
    // Of events that are samples: a history may begin years before.
    let times = log.times(ofFirst: rows) ?? 0...0
    if case .lastDays(let days) = schema.split {
      return .lastDays(days, upTo: times.upperBound, offset: offset)
    }
    guard case .firstDays(let days) = schema.split else { preconditionFailure("a split has a rule or days") }
    let first = schema.log.days?.lowerBound ?? CalendarDay(of: times.lowerBound, offset: offset)
    return .timestamp(max(first.advanced(by: days).start(offset: offset) - 1, 0))
  }

  private mutating func noteSettings() {
    if let minimum = schema.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }
    provenance.settings["utc_offset"] = "\(schema.log.time.utcOffset)"
    if let days = schema.log.days {
      provenance.settings["first_day"] = "\(days.lowerBound)"
      provenance.settings["last_day"] = "\(days.upperBound)"
    }
    if case .firstDays(let days) = schema.split { provenance.settings["training_days"] = "\(days)" }
  }
}

extension Schema.Split {
  /// The rule; nil where it follows from the log's days.
  fileprivate var rule: SplitRule? {
    switch self {
    case .fraction(let fraction): .fraction(fraction)
    case .time(let time): .timestamp(time)
    case .lastDays, .firstDays: nil
    }
  }
}
