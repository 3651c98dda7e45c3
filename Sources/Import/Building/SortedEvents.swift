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

  /// - Parameters:
  ///   - offsets: where the rows of each user begin.
  ///   - runs: those that the rows of the log stand in.
  init(
    _ log: borrowing InteractionLog, _ offsets: Column<Int64>, _ runs: UserRuns, tracksOrigins: Bool
  ) throws(ImportError) {
    let count = log.count
    item = Column(uninitialized: count)
    timestamp = Column(uninitialized: count)
    outcomes = Column(uninitialized: count)
    self.offsets = offsets
    origins = tracksOrigins ? Column(uninitialized: count) : nil
    let next = Column<Int64>(uninitialized: offsets.count)
    let fractions = log.fraction.count == 0 ? nil : Column<Int32>(uninitialized: count)
    try checkMemory()
    _ = next.values.update(from: offsets.values)
    let cursor = next.values.baseAddress.unsafelyUnwrapped
    let item = item.values.baseAddress.unsafelyUnwrapped
    let timestamp = timestamp.values.baseAddress.unsafelyUnwrapped
    let outcome = outcomes.values.baseAddress.unsafelyUnwrapped
    let origin = origins?.values.baseAddress
    let fraction = fractions?.values.baseAddress
    let (logUser, logItem) = (log.user.pointer, log.item.pointer)
    let (logTimestamp, logOutcome) = (log.timestamp.pointer, log.outcome.pointer)
    let (logFraction, fractionCount) = (log.fraction.pointer, log.fraction.count)
    let sorter = EventSorter(self, fractions)
    for (users, rows) in runs.all {
      let first = rows.lowerBound
      for piece in Pieces(rows.count, bytesPerRow: SortedEvents.rowBytes * 2) {
        for row in first + piece.lowerBound..<first + piece.upperBound {
          let user = Int(logUser[row])
          let place = Int(cursor[user])
          cursor[user] += 1
          item[place] = logItem[row]
          timestamp[place] = logTimestamp[row]
          outcome[place] = logOutcome[row]
          fraction?[place] = row < fractionCount ? logFraction[row] : 0
          origin?[place] = Int32(row - first)
        }
      }
      sorter.sort(users)
    }
  }

  /// Bytes of a row in all columns.
  static let rowBytes = 21

  /// An event of the user, item and time of an earlier one.
  struct Repeat: BitwiseCopyable {
    var place: Int
    /// The first of them.
    var original: Int
  }

  /// The events of one user, item and time beyond the first of them, by place.
  /// - Parameter actions: whether events also have to have the same outcome to be repeats.
  func repeats(telling actions: Bool) -> GrowableBuffer<Repeat> {
    var repeats = GrowableBuffer<Repeat>()
    var moment: [(key: UInt64, place: Int)] = []
    let (time, item, outcome) = (timestamp.pointer, item.pointer, outcomes.pointer)
    for users in Pieces(ofUsers: offsets, bytesPerRow: SortedEvents.rowBytes) {
      for user in users {
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
            var new = UnsafeMutableBufferPointer(
              start: repeats.pointer + before, count: repeats.count - before)
            new.sort { $0.place < $1.place }
          }
          first = last
        }
      }
    }
    return repeats
  }

  /// Takes out repeats, which are in the order of their places.
  mutating func remove(_ repeats: borrowing GrowableBuffer<Repeat>) throws(ImportError) {
    let (removed, all) = (repeats.pointer, repeats.count)
    if all == 0 { return }
    let count = count
    func kept<Element>(_ column: Column<Element>) throws(ImportError) -> Column<Element> {
      let result = Column<Element>(uninitialized: count - all)
      try checkMemory()
      let (source, target) = (column.pointer, result.values)
      var taken = 0
      for rows in Pieces(count, bytesPerRow: 2 * MemoryLayout<Element>.stride) {
        for place in rows {
          if taken < all && removed[taken].place == place {
            taken += 1
          } else {
            target[place - taken] = source[place]
          }
        }
      }
      return result
    }
    let starts = Column<Int64>(uninitialized: offsets.count)
    var taken = 0
    for user in 0..<offsets.count {
      while taken < all && removed[taken].place < Int(offsets[user]) { taken += 1 }
      starts.values[user] = offsets[user] - Int64(taken)
    }
    offsets = starts
    item = try kept(item)
    timestamp = try kept(timestamp)
    outcomes = try kept(outcomes)
    if let origins { self.origins = try kept(origins) }
  }
}
