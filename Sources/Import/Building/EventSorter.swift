import Support

/// Puts each user's events in the order of (time, file order).
struct EventSorter {
  private let item: Column<Int32>
  private let timestamp: Column<Int64>
  private let outcomes: Column<UInt8>
  private let origins: Column<Int32>?
  private let offsets: Column<Int64>
  private let fractions: Column<Int32>?
  private let sorter = KeySorter()

  /// - Parameter fractions: nanoseconds after each event's timestamp; nil where all are 0.
  init(_ events: SortedEvents, _ fractions: Column<Int32>?) {
    (item, timestamp, outcomes) = (events.item, events.timestamp, events.outcomes)
    (origins, offsets) = (events.origins, events.offsets)
    self.fractions = fractions
  }

  /// Bytes of memory for each event of a user while these are sorted: two keys and a copy of a column.
  static let bytesPerEvent = 24

  /// Sorts the events of `users`, which stand in the order of the log.
  func sort(_ users: Range<Int>) {
    let (time, fraction) = (timestamp.pointer, fractions?.pointer)
    var keys = GrowableBuffer<UInt64>()
    for user in users {
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
      EventSorter.order(times, fraction.map { $0 + rows.lowerBound }, into: order, sorter)
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
