import IO
import LCFT
import Models
import Support

/// A random data set in the form that importers give: events in time order, exposures as samples.
package func smallDataset(users: Int = 7, items: Int = 23, seed: UInt64 = 3, genome tags: Int = 0) -> Dataset
{
  var random = KeyedRandom(seed: seed)
  var eventOffsets: [Int64] = [0]
  var eventItems: [Int32] = []
  var eventLabels: [UInt8] = []
  var eventTimes: [Int64] = []
  struct Part {
    var offsets: [Int64] = [0]
    var item: [Int32] = []
    var label: [UInt8] = []
    var position: [Int32] = []

    var samples: Dataset.Samples {
      Dataset.Samples(
        offsets: Column(offsets), item: Column(item), label: Column(label), eventPosition: Column(position))
    }
  }
  var parts = [Part(), Part()]
  // Drawn apart, so that the rest of the data set is the same with and without actions.
  var actionRandom = KeyedRandom(seed: seed, KeyedRandom.key("actions"))
  var eventActions: [Int32] = []
  for user in 0..<users {
    let events = 3 + random.below(30)
    for time in 0..<events {
      eventItems.append(Int32(random.below(items)))
      eventLabels.append(UInt8(random.below(3) == 0 ? 0 : 1))
      eventTimes.append(Int64(time))
      eventActions.append(Int32(actionRandom.below(Dataset.Action.allCases.count)))
    }
    eventOffsets.append(Int64(eventItems.count))
    // User 0 has no training samples and user 1 no test samples.
    for (index, count) in [user == 0 ? 0 : 5 + 10 * user, user == 1 ? 0 : 6].enumerated() {
      for sample in 0..<count {
        parts[index].item.append(Int32(random.below(items)))
        parts[index].label.append(sample % (user + 2) == 0 ? 1 : 0)
        parts[index].position.append(Int32(random.below(events + 1)))
      }
      parts[index].offsets.append(Int64(parts[index].item.count))
    }
  }
  var categoryOffsets: [Int64] = [0]
  var categories: [Int32] = []
  for _ in 0..<items {
    for category in 0..<random.below(4) { categories.append(Int32(category + random.below(2))) }
    categoryOffsets.append(Int64(categories.count))
  }
  var features = Features()
  features.addCategories(
    StringColumn((0..<5).map { "category-\($0)" }), offsets: Column(categoryOffsets),
    values: Column(categories), source: "test")
  if tags > 0 {
    features.addGenome(
      width: tags, values: Column((0..<items * tags).map { _ in Float(random.uniform()) }),
      missing: Column((0..<items).map { _ in 0 }), source: "test")
  }
  features.addActions(Column(eventActions), source: "test")
  var dataset = Dataset(
    users: Dataset.Users(
      id: StringColumn((0..<users).map { "user-\($0)" }), eventOffsets: Column(eventOffsets)),
    events: Dataset.Events(
      item: Column(eventItems), timestamp: Column(eventTimes), label: Column(eventLabels)),
    train: parts[0].samples, test: parts[1].samples,
    items: Dataset.Items(id: StringColumn((0..<items).map { "item-\($0)" })), features: features,
    provenance: Dataset.Provenance(kind: "test", splitRule: "none", seed: seed, negativeSampling: "none"))
  dataset.countOccurrences()
  return dataset
}

/// The events of a sample's history as one would read them from the data set: the user's last `limit` ones of
/// the kind before the sample.
package func historyEvents(
  _ dataset: Dataset, _ sample: SampleReference, _ kind: HistoryKind, limit: Int
) -> [Int] {
  let first = Int(dataset.users.eventOffsets[Int(sample.user)])
  return Array(
    (first..<first + Int(sample.eventPosition)).filter {
      switch kind {
      case .positive: dataset.events.label[$0] == 1
      case .negative: dataset.events.label[$0] == 0
      case .exposures: dataset.actionCodes![$0] == 0
      case .actions: dataset.actionCodes![$0] != 0
      }
    }.suffix(limit))
}
