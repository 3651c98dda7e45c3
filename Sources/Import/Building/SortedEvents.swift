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
    let fractions = log.fraction.count == 0 ? nil : Column<Int32>(uninitialized: count)
    let fraction = fractions?.values.baseAddress
    let (logUser, logItem) = (log.user.pointer, log.item.pointer)
    let (logTimestamp, logOutcome) = (log.timestamp.pointer, log.outcome.pointer)
    for row in 0..<count {
      let user = Int(logUser[row])
      let place = Int(cursor[user])
      cursor[user] += 1
      item[place] = logItem[row]
      timestamp[place] = logTimestamp[row]
      outcome[place] = logOutcome[row]
      fraction?[place] = row < log.fraction.count ? log.fraction.pointer[row] : 0
      origin?[place] = Int32(row)
    }
    sort(fractions)
  }

  /// Puts each user's events in the order of (time, file order).
  /// - Parameter fractions: nanoseconds after each event's timestamp; nil where all are 0.
  private func sort(_ fractions: Column<Int32>?) {
    let sorter = KeySorter()
    let (time, fraction) = (timestamp.pointer, fractions?.pointer)
    var keys = GrowableBuffer<UInt64>()
    for user in 0..<offsets.count - 1 {
      let rows = Int(offsets[user])..<Int(offsets[user + 1])
      var isSorted = true
      for place in rows.dropLast() {
        if time[place] > time[place + 1] { isSorted = false }
        if let fraction, time[place] == time[place + 1], fraction[place] > fraction[place + 1] {
          isSorted = false
        }
      }
      if isSorted { continue }
      let times = UnsafeBufferPointer(rebasing: timestamp.values[rows])
      let order = keys.resetUninitialized(rows.count)
      SortedEvents.order(times, fraction.map { $0 + rows.lowerBound }, into: order, sorter)
      item.reorder(rows, order)
      timestamp.reorder(rows, order)
      outcomes.reorder(rows, order)
      origins?.reorder(rows, order)
    }
  }

  /// Makes the lower halves of `order` the places of `times` in rising order, of equal times in that of `fractions` and
  /// then in theirs.
  private static func order(
    _ times: UnsafeBufferPointer<Int64>, _ fractions: UnsafePointer<Int32>?,
    into order: UnsafeMutablePointer<UInt64>, _ sorter: KeySorter
  ) {
    var (first, last) = (times[0], times[0])
    for time in times { (first, last) = (min(first, time), max(last, time)) }
    if fractions == nil && last - first <= Int64(UInt32.max) {
      for place in times.indices { order[place] = UInt64(times[place] - first) << 32 | UInt64(place) }
      sorter.sort(order, count: times.count)
    } else {
      // Fractions of a second, or more than a century.
      func key(_ place: Int) -> (Int64, Int32, Int) { (times[place], fractions?[place] ?? 0, place) }
      let places = times.indices.sorted { key($0) < key($1) }
      for (index, place) in places.enumerated() { order[index] = UInt64(place) }
    }
  }

  /// An event of the user, item and time of an earlier one.
  struct Repeat {
    var place: Int
    /// The first of them.
    var original: Int
  }

  /// The events of one user, item and time beyond the first of them, by place.
  /// - Parameter actions: whether events also have to have the same outcome to be repeats.
  func repeats(telling actions: Bool) -> [Repeat] {
    var repeats: [Repeat] = []
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
          var original = 0
          for index in 1..<moment.count {
            if moment[index].key != moment[original].key {
              original = index
            } else {
              repeats.append(Repeat(place: moment[index].place, original: moment[original].place))
            }
          }
          repeats[before...].sort { $0.place < $1.place }
        }
        first = last
      }
    }
    return repeats
  }

  /// Takes out repeats, which are in the order of their places.
  mutating func remove(_ repeats: [Repeat]) {
    if repeats.isEmpty { return }
    var isKept = [Bool](repeating: true, count: count)
    for row in repeats { isKept[row.place] = false }
    func kept<Element>(_ column: Column<Element>) -> Column<Element> {
      let result = Column<Element>(uninitialized: column.count - repeats.count)
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
      while taken < repeats.count && repeats[taken].place < Int(offsets[user]) { taken += 1 }
      starts.values[user] = offsets[user] - Int64(taken)
    }
    offsets = starts
    item = kept(item)
    timestamp = kept(timestamp)
    outcomes = kept(outcomes)
    origins = origins.map(kept)
  }
}

extension Column {
  /// Puts the value at place `order[i]` of `rows` at place i; places are the lower halves of `order`.
  fileprivate func reorder(_ rows: Range<Int>, _ order: UnsafePointer<UInt64>) {
    let part = UnsafeMutableBufferPointer(rebasing: values[rows])
    withUnsafeTemporaryAllocation(of: Element.self, capacity: part.count) { old in
      _ = old.initialize(from: part)
      for index in part.indices { part[index] = old[Int(UInt32(truncatingIfNeeded: order[index]))] }
    }
  }
}
