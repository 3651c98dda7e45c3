import IO
import Models
import Support

/// Which tables' rows of unknown values no training sample touches: neither a sample, its user or candidate nor an entry
/// of its histories has a value that is rare or unknown.
struct UnseenValues {
  /// By place in `ModelFeatures.tables`: the untouched row, which is the last one, the one after the known values'.
  private(set) var rows: [Int: Int] = [:]

  /// For a job that is fitted to `dataset`. Where ranks have some of its users only, `isSeenAnywhere` tells of a list of
  /// tables which of them any rank's samples touch, from those that this rank's do.
  init(
    _ job: Job, of dataset: Dataset, isSeenAnywhere: ([Bool]) throws -> [Bool] = { $0 }
  ) rethrows {
    let features = job.model.features
    var seen: Set<Int> = []
    for feature in features.all {
      guard let table = feature.table, let known = UnseenValues.known(feature, dataset),
        known < features.tables[table].rows
      else { continue }
      rows[table] = known
    }
    guard !rows.isEmpty else { return }
    let entries = TrainedEntries(job, of: dataset)
    for feature in features.all {
      guard let table = feature.table, let unknown = rows[table], !seen.contains(table) else { continue }
      let source = FeatureSource(feature, of: dataset)
      let most = Int32(unknown)
      var buffer = GrowableBuffer<Int32>()
      func hasUnknown(_ row: Int) -> Bool {
        let count = source.count(ofRow: row)
        let values = buffer.resetUninitialized(count)
        source.write(row: row, count: count, to: values)
        return (0..<count).contains { values[$0] == most }
      }
      let isSeen =
        switch feature.owner {
        case .users:
          dataset.heldUsers.contains { !dataset.train.rows(ofUser: $0).isEmpty && hasUnknown($0) }
        case .items: entries.items.indices.contains { entries.items[$0] && hasUnknown($0) }
        case .samples: entries.samples.contains(where: hasUnknown)
        case .events: entries.events.contains(where: hasUnknown)
        }
      if isSeen { seen.insert(table) }
    }
    let tables = rows.keys.sorted()
    for (table, isSeen) in zip(tables, try isSeenAnywhere(tables.map(seen.contains))) where isSeen {
      rows[table] = nil
    }
  }

  /// How many values of the feature's vocabulary have a row of their own; nil where there is no vocabulary.
  private static func known(_ feature: ModelFeature, _ dataset: Dataset) -> Int? {
    FeatureOwner(rawValue: feature.owner.rawValue)
      .flatMap { dataset.features.feature($0, feature.name) }
      .flatMap { dataset.features.vocabulary(of: $0) }?.known
  }
}

/// The items and events that training samples touch: those of the users whose samples there are.
private struct TrainedEntries {
  let samples: Range<Int>
  /// [items] as a candidate or as an entry of a history.
  private(set) var items: [Bool]
  /// Rows of events that are entries, once per history that has them.
  private(set) var events: [Int] = []

  init(_ job: Job, of dataset: Dataset) {
    items = Array(repeating: false, count: dataset.items.count)
    samples = DatasetRows(of: dataset.heldUsers, in: dataset).train
    for row in samples { items[Int(dataset.train.item[row])] = true }
    let needsEvents = !job.model.features.of(.events).isEmpty
    for sequence in job.sequences(of: dataset) {
      for user in dataset.heldUsers {
        let windows = dataset.train.rows(ofUser: user)
          .map {
            sequence.window(
              user: user, position: Int(dataset.train.eventPosition[$0]), limit: job.historyLength)
          }
          .sorted { $0.lowerBound < $1.lowerBound }
        var covered = 0
        for window in windows where window.upperBound > covered {
          for position in max(covered, window.lowerBound)..<window.upperBound {
            items[Int(sequence.items[position])] = true
            if needsEvents {
              var event = position
              sequence.turnIntoEvents(&event, count: 1)
              events.append(event)
            }
          }
          covered = window.upperBound
        }
      }
    }
  }
}
