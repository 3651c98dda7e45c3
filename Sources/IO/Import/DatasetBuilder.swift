import Support

/// Turns interactions in file order into a data set's users, events and samples.
///
/// Users keep the order of their first appearance, and so do items; only items with an interaction are
/// part of the data set. A user's events are in order of (timestamp, file order); exact duplicates are
/// kept. A user without samples keeps his events.
struct DatasetBuilder {
  /// What becomes a sample, and what a sample may know.
  enum SampleRule {
    /// Every event is a sample with the event's label; it knows all events before it.
    case ratings
    /// Every event is a sample; it knows the events of strictly earlier moments, and so not the clicks
    /// on its own page.
    case exposures
    /// Every event is a positive sample, followed by its user's number of sampled negatives, which know
    /// the same events. The first event has none before it and is a sample only if `keepFirst`.
    case reviews(NegativeSampling, keepFirst: Bool)
  }

  let rule: SampleRule
  let split: SplitRule
  let seed: UInt64
  let progress: ImportProgress

  struct Rows {
    var users: Dataset.Users
    var events: Dataset.Events
    var train: Dataset.Samples
    var test: Dataset.Samples
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
    let events = sortedEvents(log, offsets)
    log.removeInteractions()
    let (train, test) = samples(log, events, offsets)
    return Rows(
      users: Dataset.Users(id: log.users.column(), eventOffsets: offsets), events: events, train: train,
      test: test)
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

  /// The interactions by user, and each user's in time order.
  private func sortedEvents(_ log: borrowing InteractionLog, _ offsets: Column<Int64>) -> Dataset.Events {
    let count = log.count
    let events = Dataset.Events(
      item: Column(uninitialized: count), timestamp: Column(uninitialized: count),
      label: Column(uninitialized: count))
    let item = events.item.values.baseAddress.unsafelyUnwrapped
    let timestamp = events.timestamp.values.baseAddress.unsafelyUnwrapped
    let label = events.label.values.baseAddress.unsafelyUnwrapped
    let users = log.users.count
    let next = Column(offsets.values)
    let cursor = next.values.baseAddress.unsafelyUnwrapped
    let (logUser, logItem) = (log.user.pointer, log.item.pointer)
    let (logTimestamp, logLabel) = (log.timestamp.pointer, log.label.pointer)
    for row in 0..<count {
      let user = Int(logUser[row])
      let place = Int(cursor[user])
      cursor[user] += 1
      item[place] = logItem[row]
      timestamp[place] = logTimestamp[row]
      label[place] = logLabel[row]
    }

    struct Event: BitwiseCopyable {
      var timestamp: Int64
      var order: Int32
      var item: Int32
      var label: UInt8
    }
    var scratch = GrowableColumn<Event>()
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
            timestamp: timestamp[place], order: Int32(place - first), item: item[place], label: label[place]))
      }
      var rows = UnsafeMutableBufferPointer(start: scratch.pointer, count: scratch.count)
      rows.sort { ($0.timestamp, $0.order) < ($1.timestamp, $1.order) }
      for place in first...last {
        item[place] = rows[place - first].item
        timestamp[place] = rows[place - first].timestamp
        label[place] = rows[place - first].label
      }
    }
    return events
  }

  private func samples(
    _ log: borrowing InteractionLog, _ events: Dataset.Events, _ offsets: Column<Int64>
  ) -> (train: Dataset.Samples, test: Dataset.Samples) {
    let users = log.users.count
    let trainOffsets = Column<Int64>(uninitialized: users + 1)
    let testOffsets = Column<Int64>(uninitialized: users + 1)
    (trainOffsets.values[0], testOffsets.values[0]) = (0, 0)
    for user in 0..<users {
      let part = part(of: user, log, events, offsets)
      trainOffsets.values[user + 1] = trainOffsets[user] + Int64(part.training * (1 + part.ratio))
      testOffsets.values[user + 1] =
        testOffsets[user] + Int64((part.events.count - part.training) * (1 + part.ratio))
    }

    let train = Dataset.Samples(uninitialized: trainOffsets)
    let test = Dataset.Samples(uninitialized: testOffsets)
    let catalogue = Catalogue(log.items, sorted: isSampled)
    for user in 0..<users {
      if user & 0x3FFF == 0 { progress(.arranging(users: user, of: users)) }
      let part = part(of: user, log, events, offsets)
      var random = part.random
      let first = Int(offsets[user])
      var target = train
      var row = Int(trainOffsets[user])
      var moment = part.events.lowerBound
      for (index, place) in part.events.enumerated() {
        if index == part.training {
          target = test
          row = Int(testOffsets[user])
        }
        if events.timestamp[place] != events.timestamp[moment] { moment = place }
        let position =
          switch rule {
          case .exposures: Int32(moment - first)
          case .ratings, .reviews: Int32(place - first)
          }
        let item = events.item[place]
        target.set(row, item: item, label: events.label[place], eventPosition: position)
        row += 1
        for _ in 0..<part.ratio {
          target.set(row, item: catalogue.other(than: item, &random), label: 0, eventPosition: position)
          row += 1
        }
      }
    }
    progress(.arranging(users: users, of: users))
    return (train, test)
  }

  private var isSampled: Bool {
    if case .reviews = rule { true } else { false }
  }

  /// A user's events that are samples, how many of them train, and how many negatives join each.
  private func part(
    of user: Int, _ log: borrowing InteractionLog, _ events: Dataset.Events, _ offsets: Column<Int64>
  ) -> (events: Range<Int>, training: Int, ratio: Int, random: KeyedRandom) {
    var rows = Int(offsets[user])..<Int(offsets[user + 1])
    var ratio = 0
    var random = KeyedRandom(seed: 0)
    if case .reviews(let sampling, let keepFirst) = rule {
      (ratio, random) = sampling.stream(seed: seed, user: log.users.string(user))
      if !keepFirst { rows = rows.dropFirst() }
    }
    let times = UnsafeBufferPointer(start: events.timestamp.pointer + rows.lowerBound, count: rows.count)
    return (rows, split.trainingCount(times), ratio, random)
  }

  /// The items that negatives are drawn from, in the byte order of their identifiers: a draw depends on
  /// the set of items, not on the order of the file.
  private struct Catalogue {
    private var byName: [Int32] = []
    private var rank: [Int32] = []

    init(_ items: borrowing IdentifierTable, sorted: Bool) {
      guard sorted else { return }
      byName = items.sortedRows()
      rank = Array(repeating: 0, count: byName.count)
      for (place, row) in byName.enumerated() { rank[Int(row)] = Int32(place) }
    }

    /// Uniform over all items but `positive`.
    @inline(__always)
    func other(than positive: Int32, _ random: inout KeyedRandom) -> Int32 {
      let draw = random.below(byName.count - 1)
      return byName[draw < Int(rank[Int(positive)]) ? draw : draw + 1]
    }
  }
}

extension Dataset.Samples {
  /// Room for as many samples as `offsets` counts.
  fileprivate init(uninitialized offsets: Column<Int64>) {
    let count = Int(offsets[offsets.count - 1])
    self.init(
      offsets: offsets, item: Column(uninitialized: count), label: Column(uninitialized: count),
      eventPosition: Column(uninitialized: count))
  }

  @inline(__always)
  fileprivate func set(_ row: Int, item: Int32, label: UInt8, eventPosition: Int32) {
    self.item.values[row] = item
    self.label.values[row] = label
    self.eventPosition.values[row] = eventPosition
  }
}
