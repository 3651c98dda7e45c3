import IO
import Support

/// Turns interactions in file order into a data set's users, events and samples.
///
/// Users keep the order of their first appearance, and so do items; only items with an interaction are
/// part of the data set. A user's events are in order of (time, file order), the time as fine as the file's; repeats
/// are counted. A user without samples keeps his events. The history of a sample never holds an event of its own user,
/// item and time.
struct DatasetBuilder {
  /// What becomes a sample, and what a sample may know.
  enum SampleRule {
    /// Every event is a sample with the event's label; it knows all events before it.
    case ratings
    /// Every event is a sample; it knows the events of strictly earlier moments, and so not the clicks
    /// on its own page.
    case exposures
    /// Every event is a positive sample, followed by its user's number of sampled negatives, which know
    /// the same events, unless no item is left to draw. The first event has none before it and is a sample only if
    /// `keepFirst`.
    case reviews(NegativeSampling, keepFirst: Bool)
    /// The log has actions. Exposures and clicks are samples, clicks with label 1; a sample knows the events
    /// of strictly earlier moments.
    case clicks
    /// The log has actions, apart from exposures. Exposures are samples, with label 1 where an action is
    /// credited to one; a sample knows the events of strictly earlier moments.
    case credited(ActionCredit)
  }

  let rule: SampleRule
  let split: SplitRule
  /// Only users with more training samples than this have samples; nil for all users.
  var minimumTrainingSamples: Int?
  let seed: UInt64
  var repeated = RepeatedRows.keep
  /// Nil for what the rule says.
  var sameTime: SameTime?
  /// Whether the result says which row of the log each event and sample comes from.
  var tracksOrigins = false
  let progress: ImportProgress

  struct Rows {
    var users: Dataset.Users
    var events: Dataset.Events
    /// In logs with actions: what the user did at each event, by the raw value of its `Dataset.Action`.
    var actions: Column<UInt8>?
    var train: Dataset.Samples
    var test: Dataset.Samples
    /// With `ActionCredit`: actions that are credited to no exposure.
    var uncreditedActions: Int
    /// Rows of one user, item and time (and action) beyond the first.
    var repeats: Int
    /// Rows of the log that these are, where they are left out and rows are tracked.
    var repeatedRows: Column<Int64>
    /// Where a minimum leaves users without samples.
    var belowMinimum: ImportAccount.BelowMinimum?
    /// Of these the samples that have another label than the first.
    var otherLabels: ImportAccount.OtherLabels
    /// Where negatives are sampled.
    var negatives: ImportAccount.Negatives?
    /// Where they are tracked.
    var origins: Origins?
  }

  /// The row of the log that each event and each sample comes from; of a drawn negative that of its positive.
  struct Origins {
    var events: RecordRows
    var train: RecordRows
    var test: RecordRows
  }

  static func check(minimumTrainingSamples minimum: Int?) throws(ImportError) {
    guard let minimum, minimum < 0 else { return }
    throw .option(name: "minimum of training samples", value: "\(minimum)", allowed: "0 or more")
  }

  /// - Parameters:
  ///   - log: its interactions are freed on the way, so that they take no room beside the samples.
  ///   - offsets: where the rows of each user begin, where they stand user after user.
  ///   - runs: those that the rows of the log stand in.
  ///   - source: the file that a message names.
  func build(
    _ log: inout InteractionLog, _ offsets: Column<Int64>, _ runs: UserRuns, source: String
  ) throws(ImportError) -> Rows {
    if case .reviews = rule, log.items.count < 2 {
      throw .tooFewItems(file: source, count: log.items.count)
    }
    var sorted = try SortedEvents(log, offsets, runs, tracksOrigins: tracksOrigins)
    log.removeInteractions()
    let repeats = sorted.repeats(telling: hasActions)
    let otherLabels = hasActions ? .init() : otherLabels(repeats, sorted, log)
    var repeatedRows = Column<Int64>([])
    if repeated == .first {
      if let origins = sorted.origins {
        let records = runs.records(origins, sorted.offsets)
        repeatedRows = Column(uninitialized: repeats.count)
        let bytes = MemoryLayout<SortedEvents.Repeat>.stride + MemoryLayout<Int64>.stride
        for rows in Pieces(repeats.count, bytesPerRow: bytes) {
          for row in rows { repeatedRows.values[row] = Int64(records[repeats.pointer[row].place]) }
        }
      }
      try sorted.remove(repeats)
    }
    let (eventOffsets, outcomes) = (sorted.offsets, sorted.outcomes)
    let codes = outcomes.map { $0 & ~InteractionLog.historyOnly }
    let events = Dataset.Events(
      item: sorted.item, timestamp: sorted.timestamp,
      label: hasActions ? codes.map { $0 == Dataset.Action.exposure.rawValue ? 0 : 1 } : codes)
    var (labels, uncredited) = (events.label, 0)
    if case .credited(let credit) = rule {
      (labels, uncredited) = credit.labels(events, codes, eventOffsets, items: log.items.count)
    }
    try checkMemory()
    let parts = try samples(
      log, events, outcomes: outcomes, labels, eventOffsets, origins: sorted.origins, runs,
      hasRepeats: repeated == .keep && repeats.count > 0, source: source)
    return Rows(
      users: Dataset.Users(id: log.users.column(), eventOffsets: eventOffsets), events: events,
      actions: hasActions ? codes : nil,
      train: parts.train, test: parts.test, uncreditedActions: uncredited, repeats: repeats.count,
      repeatedRows: repeatedRows, belowMinimum: parts.belowMinimum, otherLabels: otherLabels,
      negatives: parts.negatives, origins: parts.origins)
  }

  private func otherLabels(
    _ repeats: borrowing GrowableBuffer<SortedEvents.Repeat>, _ sorted: SortedEvents,
    _ log: borrowing InteractionLog
  ) -> ImportAccount.OtherLabels {
    var result = ImportAccount.OtherLabels()
    for index in 0..<repeats.count {
      if index & 0xFFFF == 0 { Spill.checkpoint() }
      let row = repeats.pointer[index]
      let (label, first) = (sorted.outcomes[row.place], sorted.outcomes[row.original])
      if label == first || (label | first) & InteractionLog.historyOnly != 0 { continue }
      result.count += 1
      if result.count > 1 { continue }
      let user = bisect(log.users.count) { Int(sorted.offsets[$0 + 1]) > row.place }
      result.example = ImportAccount.OtherLabels.example(
        user: log.users.string(user), item: log.items.string(Int(sorted.item[row.place])),
        time: sorted.timestamp[row.place], first, label)
    }
    return result
  }

  private var hasActions: Bool {
    switch rule {
    case .clicks, .credited: true
    case .ratings, .exposures, .reviews: false
    }
  }
}
