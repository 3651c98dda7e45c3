import Support

/// The interactions of a log by user, and each user's in time order.
struct SortedEvents {
  var item: Column<Int32>
  var timestamp: Column<Int64>
  /// Labels, or actions in logs that have them.
  var outcomes: Column<UInt8>
  /// [users + 1]: where each user's events begin.
  var offsets: Column<Int64>
  /// The row of the log that each comes from, where that is tracked.
  var origins: Column<Int32>?

  var count: Int { item.count }

  init(_ log: borrowing InteractionLog, _ offsets: Column<Int64>, tracksOrigins: Bool) {
    let count = log.count
    item = Column(uninitialized: count)
    timestamp = Column(uninitialized: count)
    outcomes = Column(uninitialized: count)
    self.offsets = offsets
    origins = tracksOrigins ? Column(uninitialized: count) : nil
    let next = Column(offsets.values)
    let cursor = next.values.baseAddress.unsafelyUnwrapped
    let item = item.values.baseAddress.unsafelyUnwrapped
    let timestamp = timestamp.values.baseAddress.unsafelyUnwrapped
    let outcome = outcomes.values.baseAddress.unsafelyUnwrapped
    let origin = origins?.values.baseAddress
    let (logUser, logItem) = (log.user.pointer, log.item.pointer)
    let (logTimestamp, logOutcome) = (log.timestamp.pointer, log.outcome.pointer)
    for row in 0..<count {
      let user = Int(logUser[row])
      let place = Int(cursor[user])
      cursor[user] += 1
      item[place] = logItem[row]
      timestamp[place] = logTimestamp[row]
      outcome[place] = logOutcome[row]
      origin?[place] = Int32(row)
    }
    sort()
  }

  /// Puts each user's events in the order of (timestamp, file order).
  private func sort() {
    struct Event: BitwiseCopyable {
      var timestamp: Int64
      var order: Int32
      var item: Int32
      var origin: Int32
      var outcome: UInt8
    }
    let item = item.values.baseAddress.unsafelyUnwrapped
    let timestamp = timestamp.values.baseAddress.unsafelyUnwrapped
    let outcome = outcomes.values.baseAddress.unsafelyUnwrapped
    let origin = origins?.values.baseAddress
    var scratch = GrowableBuffer<Event>()
    for user in 0..<offsets.count - 1 {
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
            origin: origin?[place] ?? 0, outcome: outcome[place]))
      }
      var rows = UnsafeMutableBufferPointer(start: scratch.pointer, count: scratch.count)
      rows.sort { ($0.timestamp, $0.order) < ($1.timestamp, $1.order) }
      for place in first...last {
        item[place] = rows[place - first].item
        timestamp[place] = rows[place - first].timestamp
        outcome[place] = rows[place - first].outcome
        origin?[place] = rows[place - first].origin
      }
    }
  }

  /// The places of events of one user, item and time beyond the first of them, rising.
  /// - Parameter actions: whether events also have to have the same outcome to be repeats.
  func repeats(telling actions: Bool) -> [Int] {
    var repeats: [Int] = []
    var moment: [(key: UInt64, place: Int)] = []
    let (time, item, outcome) = (timestamp.pointer, item.pointer, outcomes.pointer)
    for user in 0..<offsets.count - 1 {
      let end = Int(offsets[user + 1])
      var first = Int(offsets[user])
      while first < end {
        let last = endOfMoment(from: first, upTo: end) { time[$0] }
        if last - first > 1 {
          moment.removeAll(keepingCapacity: true)
          for place in first..<last {
            let key = UInt64(UInt32(bitPattern: item[place])) << 8 | UInt64(actions ? outcome[place] : 0)
            moment.append((key, place))
          }
          moment.sort { ($0.key, $0.place) < ($1.key, $1.place) }
          let before = repeats.count
          for index in 1..<moment.count where moment[index].key == moment[index - 1].key {
            repeats.append(moment[index].place)
          }
          repeats[before...].sort()
        }
        first = last
      }
    }
    return repeats
  }

  /// Takes out the events at `places`, which rise.
  mutating func remove(_ places: [Int]) {
    if places.isEmpty { return }
    var isKept = [Bool](repeating: true, count: count)
    for place in places { isKept[place] = false }
    func kept<Element>(_ column: Column<Element>) -> Column<Element> {
      let result = Column<Element>(uninitialized: column.count - places.count)
      var next = 0
      for place in 0..<column.count where isKept[place] {
        result.values[next] = column[place]
        next += 1
      }
      return result
    }
    let starts = Column<Int64>(uninitialized: offsets.count)
    var taken = 0
    for user in 0..<offsets.count {
      while taken < places.count && places[taken] < Int(offsets[user]) { taken += 1 }
      starts.values[user] = offsets[user] - Int64(taken)
    }
    offsets = starts
    item = kept(item)
    timestamp = kept(timestamp)
    outcomes = kept(outcomes)
    origins = origins.map(kept)
  }
}
