import IO
import Support

/// Which rows of a data set stay, and why the others do not.
struct SubsetRows {
  enum Reason: UInt8, CaseIterable {
    case kept
    case outsideDays
    /// A sample before the first day of samples.
    case earlySample
    case notListed
    case notSampled
    case fewEvents
    case fewSamples
    /// A user that nothing is left of.
    case nothingLeft
    /// A drawn negative without its positive.
    case withoutPositive
    /// An item that nothing refers to.
    case unused
  }

  let input: Dataset
  /// [rows] the `Reason` of each.
  let users: Column<UInt8>
  let events: Column<UInt8>
  let train: Column<UInt8>
  let test: Column<UInt8>
  let items: Column<UInt8>

  init(_ input: Dataset) {
    self.input = input
    func allKept(_ count: Int) -> Column<UInt8> {
      let reasons = Column<UInt8>(uninitialized: count)
      for rows in Pieces(count, bytesPerRow: 1) {
        for row in rows { reasons.values[row] = Reason.kept.rawValue }
      }
      return reasons
    }
    users = allKept(input.users.count)
    events = allKept(input.events.count)
    train = allKept(input.train.count)
    test = allKept(input.test.count)
    items = allKept(input.items.count)
  }

  /// The samples of both parts, with their reasons.
  var parts: [(samples: Dataset.Samples, reasons: Column<UInt8>)] {
    [(input.train, train), (input.test, test)]
  }

  func isKept(user: Int) -> Bool { users[user] == Reason.kept.rawValue }

  func eventRows(ofUser user: Int) -> Range<Int> {
    Int(input.users.eventOffsets[user])..<Int(input.users.eventOffsets[user + 1])
  }

  /// Leaves out the events and samples whose time is not in `period`.
  func keep(_ period: ClosedRange<Int64>) {
    let reason = Reason.outsideDays.rawValue
    func mark(_ times: Column<Int64>, _ reasons: Column<UInt8>) {
      let target = reasons.values
      for rows in Pieces(times.count, bytesPerRow: 9) {
        for row in rows where !period.contains(times[row]) { target[row] = reason }
      }
    }
    mark(input.events.timestamp, events)
    for (samples, reasons) in parts { if let times = samples.timestamp { mark(times, reasons) } }
    leaveOutEmptyUsers()
  }

  /// Leaves out the samples before `time`. The events of their users stay.
  func keepSamples(from time: Int64) {
    for (samples, reasons) in parts {
      guard let times = samples.timestamp else { continue }
      for rows in Pieces(samples.count, bytesPerRow: 9) {
        for row in rows where reasons[row] == 0 && times[row] < time {
          reasons.values[row] = Reason.earlySample.rawValue
        }
      }
    }
    leaveOutEmptyUsers()
  }

  /// Leaves out the users that `chosen` does not mark, with all that is theirs.
  func keepUsers(_ chosen: [Bool], else reason: Reason) {
    for user in 0..<users.count where isKept(user: user) && !chosen[user] { leaveOut(user, reason) }
  }

  private func leaveOut(_ user: Int, _ reason: Reason) {
    users.values[user] = reason.rawValue
    mark(events, eventRows(ofUser: user), reason)
    leaveOutSamples(of: user, reason)
  }

  /// Leaves out what has stayed of a user's samples.
  func leaveOutSamples(of user: Int, _ reason: Reason) {
    for (samples, reasons) in parts { mark(reasons, samples.rows(ofUser: user), reason) }
  }

  private func mark(_ reasons: Column<UInt8>, _ rows: Range<Int>, _ reason: Reason) {
    for row in rows where reasons[row] == Reason.kept.rawValue { reasons.values[row] = reason.rawValue }
  }

  func leaveOutEmptyUsers() {
    for user in 0..<users.count where isKept(user: user) {
      if user & 0xFFF == 0 { Spill.checkpoint() }
      let isLeft =
        eventRows(ofUser: user).contains { events[$0] == 0 }
        || parts.contains { samples, reasons in samples.rows(ofUser: user).contains { reasons[$0] == 0 } }
      if !isLeft { leaveOut(user, .nothingLeft) }
    }
  }

  /// Leaves out users and items with fewer than `minimum` events, with their events and samples, again and again until
  /// all that stay have as many (the k-core). With a positive go the negatives that were drawn for it.
  func keepCore(_ minimum: Int) {
    let (item, reasons) = (input.events.item.pointer, events.values)
    let reason = Reason.fewEvents.rawValue
    var changed = true
    while changed {
      changed = false
      var counts = [Int](repeating: 0, count: items.count)
      for rows in Pieces(events.count, bytesPerRow: 5) {
        for row in rows where reasons[row] == 0 { counts[Int(item[row])] += 1 }
      }
      for row in 0..<items.count where items[row] == 0 && counts[row] < minimum {
        items.values[row] = reason
        changed = changed || counts[row] > 0
      }
      for user in 0..<users.count where isKept(user: user) {
        if user & 0xFFF == 0 { Spill.checkpoint() }
        var count = 0
        for row in eventRows(ofUser: user) where reasons[row] == 0 {
          if items[Int(item[row])] == 0 { count += 1 } else { reasons[row] = reason }
        }
        if count < minimum {
          leaveOut(user, .fewEvents)
          changed = true
        }
      }
    }
    for (samples, reasons) in parts {
      for rows in Pieces(samples.count, bytesPerRow: 5) {
        for row in rows where reasons[row] == 0 && items[Int(samples.item[row])] != 0 {
          reasons.values[row] = reason
        }
      }
    }
    forEachNegative { row, reasons, positiveStays in
      if !positiveStays && reasons[row] == 0 { reasons.values[row] = Reason.withoutPositive.rawValue }
    }
  }

  /// Calls `body` with every drawn negative of a user that stays: its row, the reasons of its part, and whether the
  /// positive that it was drawn for stays.
  func forEachNegative(_ body: (_ row: Int, _ reasons: Column<UInt8>, _ positiveStays: Bool) -> Void) {
    for (samples, reasons) in parts {
      guard let drawn = samples.drawn else { continue }
      for user in 0..<users.count where isKept(user: user) {
        if user & 0xFFF == 0 { Spill.checkpoint() }
        var positiveStays = true
        for row in samples.rows(ofUser: user) {
          if drawn[row] == 0 {
            positiveStays = reasons[row] == 0
          } else {
            body(row, reasons, positiveStays)
          }
        }
      }
    }
  }
}
