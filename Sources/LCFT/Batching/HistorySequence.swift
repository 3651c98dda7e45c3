import IO
import Models
import Support

/// One kind of history: the items of each user's events of that kind in time order, so that every history
/// is a window of one flat array.
package final class HistorySequence: Sendable {
  private let histories: Dataset.Histories
  /// Where each user's events start in the data set, and the user's entries in the histories.
  private let eventOffsets: Column<Int64>

  /// Items of all users' entries.
  package var items: Column<Int32> { histories.item }

  /// The data set has actions if `kind` needs them (`Job.fitted`).
  package convenience init(_ kind: HistoryKind, of dataset: Dataset) {
    self.init(dataset.histories[kind.rawValue] ?? kind.histories(of: dataset), of: dataset)
  }

  /// Turns positions in `items` into rows of the data set's events, in place.
  func turnIntoEvents(_ positions: UnsafeMutablePointer<Int>, count: Int) {
    guard let events = histories.event?.pointer else { return }
    for i in 0..<count { positions[i] = Int(events[positions[i]]) }
  }

  private init(_ histories: Dataset.Histories, of dataset: Dataset) {
    self.histories = histories
    eventOffsets = dataset.users.eventOffsets
  }

  /// The last `limit` entries among the user's first `position` events, as a range of `items`.
  @inline(__always)
  package func window(user: Int, position: Int, limit: Int) -> Range<Int> {
    let start = Int(eventOffsets.values[user])
    let length: Int
    if let entriesBefore = histories.entriesBefore {
      length = Int(entriesBefore.values[start + user + position])
    } else {
      length = position
    }
    return start + max(0, length - limit)..<start + length
  }
}

extension HistoryKind {
  /// Whether an event with this label, at which the user acted or not, is an entry.
  @inline(__always)
  fileprivate func holds(label: UInt8, isAction: Bool) -> Bool {
    switch self {
    case .positive: label == 1
    case .negative: label == 0
    case .exposures: !isAction
    case .actions: isAction
    }
  }

  /// The events of this kind of all users of `dataset`, in memory of this process.
  fileprivate func histories(of dataset: Dataset) -> Dataset.Histories {
    guard let histories = try? histories(of: dataset, in: OwnMemory()) else {
      preconditionFailure("a process's own memory does not fail")
    }
    return histories
  }

  /// As above, in `memory`; columns of the data set are used as they are where they hold the same values. Which event
  /// each entry is, is kept where it is asked for `events`. Of a part of a data set, those of the users whose rows there
  /// are. Throws what `memory` throws.
  func histories(
    of dataset: Dataset, events keepsEvents: Bool = true, in memory: any MemorySource
  ) throws -> Dataset.Histories {
    precondition(!needsActions || dataset.actions != nil, "the data set has actions")
    let isEntry = isEntry(in: dataset)
    let (events, users) = (dataset.events.count, dataset.users.count)
    let memory: any MemorySource = dataset.part == nil ? memory : ReservedMemory(in: memory)
    if dataset.part == nil, (0..<events).allSatisfy(isEntry) {
      return Dataset.Histories(item: dataset.events.item, event: nil, entriesBefore: nil)
    }
    let histories = Dataset.Histories(
      item: try Column(events, in: memory), event: keepsEvents ? try Column(events, in: memory) : nil,
      entriesBefore: try Column(events + users, in: memory))
    fill(histories, of: dataset, users: dataset.heldUsers)
    return histories
  }

  /// Whether the event of a row is an entry.
  private func isEntry(in dataset: Dataset) -> (Int) -> Bool {
    let labels = dataset.events.label
    let actions = dataset.actions
    return { e in
      holds(label: labels[e], isAction: actions.map { $0.codes[e] != $0.exposure } ?? false)
    }
  }

  /// Fills in the entries of `users`, whose events there are.
  fileprivate func fill(_ histories: Dataset.Histories, of dataset: Dataset, users: Range<Int>) {
    guard let before = histories.entriesBefore else { return }
    let isEntry = isEntry(in: dataset)
    let events = dataset.events.item.pointer
    let eventOffsets = dataset.users.eventOffsets
    for user in users {
      let rows = Int(eventOffsets[user])..<Int(eventOffsets[user + 1])
      var entry = rows.lowerBound
      for e in rows {
        before.values[e + user] = Int32(entry - rows.lowerBound)
        guard isEntry(e) else { continue }
        histories.item.values[entry] = events[e]
        histories.event?.values[entry] = Int64(e)
        entry += 1
      }
      before.values[rows.upperBound + user] = Int32(entry - rows.lowerBound)
    }
    withExtendedLifetime(dataset) {}
  }
}

extension Job {
  /// What the job's model reads of the users' events, for `Dataset.histories`, in `memory`.
  package func histories(of dataset: Dataset, in memory: any MemorySource) throws -> [String: Dataset
    .Histories]
  {
    var histories: [String: Dataset.Histories] = [:]
    for kind in model.histories {
      histories[kind.rawValue] = try kind.histories(
        of: dataset, events: !model.features.events(in: kind).isEmpty, in: memory)
    }
    return histories
  }

  /// Fills in those of `users`, whose events `dataset` now has.
  package func fillHistories(of dataset: Dataset, users: Range<Int>) {
    for kind in model.histories {
      if let histories = dataset.histories[kind.rawValue] { kind.fill(histories, of: dataset, users: users) }
    }
  }

  /// The history sequences that the job's model reads, in the order of its configuration.
  package func sequences(of dataset: Dataset) -> [HistorySequence] {
    model.histories.map { HistorySequence($0, of: dataset) }
  }
}
