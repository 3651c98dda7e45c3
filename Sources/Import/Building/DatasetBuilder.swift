import IO
import Support

/// Turns interactions in file order into a data set's users, events and samples.
///
/// Users keep the order of their first appearance, and so do items; only items with an interaction are
/// part of the data set. A user's events are in order of (timestamp, file order); repeats are
/// kept and counted. A user without samples keeps his events.
struct DatasetBuilder {
  /// What becomes a sample, and what a sample may know.
  enum SampleRule {
    /// Every event is a sample with the event's label; it knows all events before it.
    case ratings
    /// Every event is a sample; it knows the events of strictly earlier moments, and so not the clicks
    /// on its own page.
    case exposures
    /// Every event is a positive sample, followed by its user's number of sampled negatives, which know
    /// the same events, unless no item is left to draw. The first event has none before it and is a sample only if `keepFirst`.
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
    /// Where negatives are sampled.
    var negatives: ImportAccount.Negatives?
  }

  static func check(minimumTrainingSamples minimum: Int?) throws(ImportError) {
    guard let minimum, minimum < 0 else { return }
    throw .option(name: "minimum of training samples", value: "\(minimum)", allowed: "0 or more")
  }

  /// - Parameters:
  ///   - log: its interactions are freed on the way, so that they take no room beside the samples.
  ///   - source: the file that a message names.
  func build(_ log: inout InteractionLog, source: String) throws(ImportError) -> Rows {
    guard log.count > 0 else { throw .noInteractions(file: source) }
    if case .reviews = rule, log.items.count < 2 {
      throw .tooFewItems(file: source, count: log.items.count)
    }
    let offsets = try eventOffsets(log)
    let (events, outcomes) = sortedEvents(log, offsets)
    log.removeInteractions()
    var (labels, uncredited) = (events.label, 0)
    if case .credited(let credit) = rule {
      (labels, uncredited) = credit.labels(events, outcomes, offsets, items: log.items.count)
    }
    let (train, test, negatives) = try samples(
      log, events, outcomes: outcomes, labels, offsets, source: source)
    let actions = hasActions ? outcomes : nil
    return Rows(
      users: Dataset.Users(id: log.users.column(), eventOffsets: offsets), events: events, actions: actions,
      train: train, test: test, uncreditedActions: uncredited,
      repeats: RepeatCount.of(events, actions, offsets), negatives: negatives)
  }

  /// [users + 1]: where each user's events begin.
  private func eventOffsets(_ log: borrowing InteractionLog) throws(ImportError) -> Column<Int64> {
    let users = log.users.count
    let offsets = Column<Int64>(uninitialized: users + 1)
    offsets.values.initialize(repeating: 0)
    let counts = offsets.values.baseAddress.unsafelyUnwrapped + 1
    let user = log.user.pointer
    for row in 0..<log.count { counts[Int(user[row])] += 1 }
    for user in 0..<users {
      // An event's position within its user is stored in 32 bits.
      if counts[user] > Int64(Int32.max) {
        throw .tooMany(what: "events of user \(log.users.string(user))", limit: Int(Int32.max))
      }
      counts[user] += offsets[user]
    }
    return offsets
  }

  /// The interactions by user, and each user's in time order, with their outcomes: labels, or actions in logs that have
  /// them.
  private func sortedEvents(
    _ log: borrowing InteractionLog, _ offsets: Column<Int64>
  ) -> (events: Dataset.Events, outcomes: Column<UInt8>) {
    let count = log.count
    let outcomes = Column<UInt8>(uninitialized: count)
    var events = Dataset.Events(
      item: Column(uninitialized: count), timestamp: Column(uninitialized: count), label: outcomes)
    let item = events.item.values.baseAddress.unsafelyUnwrapped
    let timestamp = events.timestamp.values.baseAddress.unsafelyUnwrapped
    let outcome = outcomes.values.baseAddress.unsafelyUnwrapped
    let users = log.users.count
    let next = Column(offsets.values)
    let cursor = next.values.baseAddress.unsafelyUnwrapped
    let (logUser, logItem) = (log.user.pointer, log.item.pointer)
    let (logTimestamp, logOutcome) = (log.timestamp.pointer, log.outcome.pointer)
    for row in 0..<count {
      let user = Int(logUser[row])
      let place = Int(cursor[user])
      cursor[user] += 1
      item[place] = logItem[row]
      timestamp[place] = logTimestamp[row]
      outcome[place] = logOutcome[row]
    }

    struct Event: BitwiseCopyable {
      var timestamp: Int64
      var order: Int32
      var item: Int32
      var outcome: UInt8
    }
    var scratch = GrowableBuffer<Event>()
    for user in 0..<users {
      let first = Int(offsets[user])
      let last = Int(offsets[user + 1]) - 1
      var sorted = true
      for place in first..<last where timestamp[place] > timestamp[place + 1] { sorted = false }
      if sorted { continue }
      scratch.removeAll()
      for place in first...last {
        scratch.append(
          Event(
            timestamp: timestamp[place], order: Int32(place - first), item: item[place],
            outcome: outcome[place]))
      }
      var rows = UnsafeMutableBufferPointer(start: scratch.pointer, count: scratch.count)
      rows.sort { ($0.timestamp, $0.order) < ($1.timestamp, $1.order) }
      for place in first...last {
        item[place] = rows[place - first].item
        timestamp[place] = rows[place - first].timestamp
        outcome[place] = rows[place - first].outcome
      }
    }
    if hasActions {
      events.label = Column(outcomes.values.lazy.map { $0 == Dataset.Action.exposure.rawValue ? 0 : 1 })
    }
    return (events, outcomes)
  }

  private var hasActions: Bool {
    switch rule {
    case .clicks, .credited: true
    case .ratings, .exposures, .reviews: false
    }
  }
}
