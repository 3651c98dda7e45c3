import IO
import Models
import Support

/// One kind of history: the items of each user's events of that kind in time order, so that every history
/// is a window of one flat array.
package final class HistorySequence: Sendable {
  private let histories: Dataset.Histories
  /// Where each user's events start in the data set; equals the histories' offsets when every event is an
  /// entry.
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
    let start = Int(histories.offsets.values[user])
    let length: Int
    if let entriesBefore = histories.entriesBefore {
      length = Int(entriesBefore.values[Int(eventOffsets.values[user]) + user + position])
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
  /// each entry is, is kept where it is asked for `events`. Throws what `memory` throws.
  func histories(
    of dataset: Dataset, events keepsEvents: Bool = true, in memory: any MemorySource
  ) throws -> Dataset.Histories {
    precondition(!needsActions || dataset.actions != nil, "the data set has actions")
    let eventOffsets = dataset.users.eventOffsets
    let events = dataset.events.item.pointer
    let labels = dataset.events.label.pointer
    let codes = dataset.actions?.codes
    let exposure = dataset.actions?.exposure
    func isEntry(_ e: Int) -> Bool {
      holds(label: labels[e], isAction: codes.map { $0[e] != exposure } ?? false)
    }
    let eventCount = dataset.events.count
    var matching = 0
    for e in 0..<eventCount where isEntry(e) { matching += 1 }
    if matching == eventCount {
      return Dataset.Histories(
        item: dataset.events.item, event: nil, offsets: eventOffsets, entriesBefore: nil)
    }
    let users = dataset.users.count
    let items = try Column<Int32>(matching, in: memory)
    let rows = keepsEvents ? try Column<Int64>(matching, in: memory) : nil
    let offsets = try Column<Int64>(users + 1, in: memory)
    let before = try Column<Int32>(eventCount + users, in: memory)
    var entry = 0
    for user in 0..<users {
      let first = entry
      offsets.values[user] = Int64(first)
      let range = Int(eventOffsets[user])..<Int(eventOffsets[user + 1])
      for e in range {
        before.values[e + user] = Int32(entry - first)
        if isEntry(e) {
          items.values[entry] = events[e]
          if let rows { rows.values[entry] = Int64(e) }
          entry += 1
        }
      }
      before.values[range.upperBound + user] = Int32(entry - first)
    }
    offsets.values[users] = Int64(entry)
    withExtendedLifetime(dataset) {}
    return Dataset.Histories(item: items, event: rows, offsets: offsets, entriesBefore: before)
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

  /// The history sequences that the job's model reads, in the order of its configuration.
  package func sequences(of dataset: Dataset) -> [HistorySequence] {
    model.histories.map { HistorySequence($0, of: dataset) }
  }
}
