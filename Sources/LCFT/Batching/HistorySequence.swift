import IO

/// One kind of history: the items of each user's events of that kind in time order, so that every history
/// is a window of one flat array.
package final class HistorySequence: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Reviews, high ratings, clicks.
    case positive
    /// Low ratings, exposures without a click.
    case negative
    /// Events that record no action: items that were shown.
    case exposures
    /// Events that record an action: clicks, carts, favourites, purchases.
    case actions

    /// Whether it is made of `/events/action`, which not every data set has.
    package var needsActions: Bool { self == .exposures || self == .actions }

    /// Whether an event with this label and action is an entry.
    @inline(__always)
    fileprivate func holds(label: UInt8, action: UInt8) -> Bool {
      switch self {
      case .positive: label == 1
      case .negative: label == 0
      case .exposures: action == 0
      case .actions: action > 0
      }
    }
  }

  /// Items of all users' entries.
  package let items: Column<Int32>
  /// The code of the action at each entry, for `Kind.actions`.
  package let actions: Column<UInt8>?
  /// [users + 1] where each user's entries start.
  private let offsets: Column<Int64>
  /// Where each user's events start in the data set; equals `offsets` when every event is an entry.
  private let eventOffsets: Column<Int64>
  /// [events + users] how many entries precede each event of a user, and last how many there are in all;
  /// nil when every event is an entry.
  private let entriesBefore: Column<Int32>?

  /// The data set has actions if `kind` needs them (`Job.fitted`).
  package init(_ kind: Kind, of dataset: Dataset) {
    precondition(!kind.needsActions || dataset.events.action != nil, "the data set has actions")
    eventOffsets = dataset.users.eventOffsets
    let events = dataset.events.item.pointer
    let labels = dataset.events.label.pointer
    // Kinds that need no actions never look at them; the labels stand in for a column that may be missing.
    let codes = (dataset.events.action ?? dataset.events.label).pointer
    let eventCount = dataset.events.count
    var matching = 0
    for e in 0..<eventCount where kind.holds(label: labels[e], action: codes[e]) { matching += 1 }
    if matching == eventCount {
      items = dataset.events.item
      actions = kind == .actions ? dataset.events.action : nil
      offsets = eventOffsets
      entriesBefore = nil
      return
    }
    let users = dataset.users.count
    let items = Column<Int32>(uninitialized: matching)
    let actions = kind == .actions ? Column<UInt8>(uninitialized: matching) : nil
    let offsets = Column<Int64>(uninitialized: users + 1)
    let before = Column<Int32>(uninitialized: eventCount + users)
    var entry = 0
    for user in 0..<users {
      let first = entry
      offsets.values[user] = Int64(first)
      let range = Int(eventOffsets[user])..<Int(eventOffsets[user + 1])
      for e in range {
        before.values[e + user] = Int32(entry - first)
        if kind.holds(label: labels[e], action: codes[e]) {
          items.values[entry] = events[e]
          actions?.values[entry] = codes[e]
          entry += 1
        }
      }
      before.values[range.upperBound + user] = Int32(entry - first)
    }
    offsets.values[users] = Int64(entry)
    self.items = items
    self.actions = actions
    self.offsets = offsets
    entriesBefore = before
    withExtendedLifetime(dataset) {}
  }

  /// The last `limit` entries among the user's first `position` events, as a range of `items`.
  @inline(__always)
  package func window(user: Int, position: Int, limit: Int) -> Range<Int> {
    let start = Int(offsets.values[user])
    let length: Int
    if let entriesBefore {
      length = Int(entriesBefore.values[Int(eventOffsets.values[user]) + user + position])
    } else {
      length = position
    }
    return start + max(0, length - limit)..<start + length
  }
}

extension Job {
  /// The history sequences that the job's model reads, in the order of its configuration.
  package func sequences(of dataset: Dataset) -> [HistorySequence] {
    model.histories.compactMap(HistorySequence.Kind.init(rawValue:)).map {
      HistorySequence($0, of: dataset)
    }
  }
}
