import Foundation
import IO
import Support

/// Data of the sizes that the PyTorch programs use: 63,002 items in 1,362 categories, histories of
/// geometric length with mean 8, items by Zipf's law with exponent 1.3, one positive in six.
enum BenchmarkData {
  private static let items = 63_002
  private static let categories = 1362

  /// One training sample for each of `samples` users, with histories of at most 50 entries.
  static func cloud(samples: Int, exposures: Bool = false) -> Dataset {
    var random = KeyedRandom(seed: 3)
    return dataset(users: samples, exposures: exposures, random: &random) { _, random in
      let length = geometric(50, &random)
      return (length, [length], [])
    }
  }

  /// Users with 30 training and 12 test samples, whose histories of at most 20 entries are prefixes of one
  /// sequence of events, as they are in logs.
  static func users(_ users: Int, exposures: Bool = false) -> Dataset {
    var random = KeyedRandom(seed: 4)
    return dataset(users: users, exposures: exposures, random: &random) { _, random in
      let positions = (0..<42).map { _ in geometric(20, &random) }
      return (20, Array(positions[..<30]), Array(positions[30...]))
    }
  }

  private static func geometric(_ limit: Int, _ random: inout KeyedRandom) -> Int {
    min(limit, 1 + Int(log(1 - random.uniform()) / log(1 - 1 / 8.0)))
  }

  private static func zipf(_ random: inout KeyedRandom) -> Int32 {
    Int32(Int(min(pow(1 - random.uniform(), -1 / 0.3), 1e15)) % items)
  }

  /// With `exposures` every fourth event is a click and the others are exposures. `user` gives a user's number of events and the event positions of the training and test samples.
  private static func dataset(
    users: Int, exposures: Bool, random: inout KeyedRandom,
    user: (Int, inout KeyedRandom) -> (events: Int, train: [Int], test: [Int])
  ) -> Dataset {
    var eventOffsets: [Int64] = [0]
    var eventItems: [Int32] = []
    var train = Part()
    var test = Part()
    for index in 0..<users {
      let counts = user(index, &random)
      for _ in 0..<counts.events { eventItems.append(zipf(&random)) }
      eventOffsets.append(Int64(eventItems.count))
      train.append(counts.train, &random)
      test.append(counts.test, &random)
    }
    var features = Features()
    features.addCategories(
      StringColumn(repeatElement("", count: categories)), offsets: Column((0...items).map(Int64.init)),
      values: Column((0..<items).map { _ in Int32(random.below(categories)) }), source: "benchmark")
    if exposures {
      features.addActions(Column(eventItems.indices.map { $0 % 4 == 0 ? 1 : 0 }), source: "benchmark")
    }
    return Dataset(
      users: Dataset.Users(
        id: StringColumn(repeatElement("", count: users)), eventOffsets: Column(eventOffsets)),
      events: Dataset.Events(
        item: Column(eventItems), timestamp: Column(repeatElement(0, count: eventItems.count)),
        label: Column(repeatElement(1, count: eventItems.count))),
      train: train.samples, test: test.samples,
      items: Dataset.Items(id: StringColumn(repeatElement("", count: items))), features: features,
      provenance: Dataset.Provenance(kind: "benchmark", splitRule: "", seed: 0, negativeSampling: ""))
  }

  private struct Part {
    private var offsets: [Int64] = [0]
    private var item: [Int32] = []
    private var label: [UInt8] = []
    private var position: [Int32] = []

    mutating func append(_ positions: [Int], _ random: inout KeyedRandom) {
      for place in positions {
        item.append(Int32(random.below(BenchmarkData.items)))
        label.append(random.below(6) == 0 ? 1 : 0)
        position.append(Int32(place))
      }
      offsets.append(Int64(item.count))
    }

    var samples: Dataset.Samples {
      Dataset.Samples(
        offsets: Column(offsets), item: Column(item), label: Column(label), eventPosition: Column(position))
    }
  }
}
