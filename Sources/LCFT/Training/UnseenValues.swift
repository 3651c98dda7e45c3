import IO
import Models

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
    for feature in features.all {
      guard let table = feature.table, let known = UnseenValues.known(feature, dataset),
        known < features.tables[table].rows
      else { continue }
      rows[table] = known
    }
    guard !rows.isEmpty else { return }
    let seen = UnknownValueSearch(job, of: dataset, rows: rows).seen
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
