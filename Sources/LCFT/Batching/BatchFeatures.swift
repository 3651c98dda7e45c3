import IO
import Models
import Support

/// The features of a data set that a job's model takes, for the samples and the histories of batches.
package final class BatchFeatures {
  /// In the order of `ModelFeatures.fields`.
  private let fields: [(owner: ModelFeature.Owner, source: FeatureSource)]
  /// By history: in the order of `ModelFeatures.events(in:)`.
  private let events: [[FeatureSource]]

  /// For a model that is fitted to `dataset`.
  package init(_ model: ModelConfiguration, of dataset: Dataset) {
    fields = model.features.fields.map { ($0.owner, FeatureSource($0, of: dataset)) }
    events = model.histories.map { history in
      model.features.events(in: history).map { FeatureSource($0, of: dataset) }
    }
  }

  /// `Batch.fields` of `samples` [count], in memory of `arena`.
  func fields(
    _ samples: UnsafePointer<SampleReference>, count: Int, in arena: Arena
  ) -> UnsafePointer<FeatureValues>? {
    guard !fields.isEmpty else { return nil }
    let values = arena.take(fields.count, of: FeatureValues.self)
    let rows = arena.take(count, of: Int.self)
    var owner: ModelFeature.Owner?
    for (index, field) in fields.enumerated() {
      if owner != field.owner {
        for b in 0..<count {
          switch field.owner {
          case .users: rows[b] = Int(samples[b].user)
          case .items: rows[b] = Int(samples[b].item)
          default: rows[b] = samples[b].row
          }
        }
        owner = field.owner
      }
      values[index] = field.source.gather(rows, count: count, in: arena)
    }
    return UnsafePointer(values)
  }

  /// Whether entries of history `index` have features.
  func hasEvents(_ index: Int) -> Bool { !events[index].isEmpty }

  /// `History.events` of history `index`, whose entries are the rows `rows` [count] of the data set's events.
  func events(
    _ index: Int, _ rows: UnsafePointer<Int>, count: Int, in arena: Arena
  ) -> UnsafePointer<FeatureValues>? {
    let values = arena.take(events[index].count, of: FeatureValues.self)
    for (feature, source) in events[index].enumerated() {
      values[feature] = source.gather(rows, count: count, in: arena)
    }
    return UnsafePointer(values)
  }
}
