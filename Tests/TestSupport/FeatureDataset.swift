import IO
import Support

/// `smallDataset` with features of every kind for users, items, samples and events: lists and single values, some missing,
/// rare and unknown ones, numbers in each transformation, vectors, and tables that features share.
package func featureDataset() -> Dataset {
  var dataset = smallDataset(genome: 3)
  var random = KeyedRandom(seed: 5, KeyedRandom.key("features"))
  let counts: [(owner: FeatureOwner, rows: [Int])] = [
    (.users, [dataset.users.count]), (.items, [dataset.items.count]),
    (.samples, [dataset.train.count, dataset.test.count]), (.events, [dataset.events.count]),
  ]

  /// One column per part of the owner.
  func columns(_ owner: FeatureOwner, _ make: (Int) -> FeatureColumn) -> [FeatureColumn] {
    counts.first { $0.owner == owner }!.rows.map(make)
  }
  func add(_ owner: FeatureOwner, _ name: String, _ kind: Feature.Kind, _ make: (Int) -> FeatureColumn) {
    dataset.features[owner].append(
      Feature(name, kind, columns(owner, make), description: "", source: "test"))
  }
  /// Single values, -1 where missing.
  func values(below bound: Int) -> (Int) -> FeatureColumn {
    { rows in .values(Column((0..<rows).map { _ in Int32(random.below(bound + 1)) - 1 })) }
  }
  func lists(below bound: Int) -> (Int) -> FeatureColumn {
    { rows in
      let lists = (0..<rows).map { _ in (0..<random.below(3)).map { _ in Int32(random.below(bound)) } }
      return .lists(
        offsets: Column(lists.reduce(into: [Int64(0)]) { $0.append($0[$0.count - 1] + Int64($1.count)) }),
        values: Column(lists.flatMap { $0 }))
    }
  }
  func numbers(missing: Bool, width: Int = 1) -> (Int) -> FeatureColumn {
    { rows in
      .numbers(
        Column((0..<rows * width).map { _ in Float(4 * random.uniform() - 1) }),
        missing: missing ? Column((0..<rows).map { $0 % 4 == 1 ? 1 : 0 }) : nil)
    }
  }
  func vocabulary(_ name: String, _ count: Int, known: Int) {
    dataset.features.vocabularies.append(
      Vocabulary(
        name, .values(StringColumn((0..<count).map { "\(name)-\($0)" }), known: known, minimumCount: 2),
        counts: Column(repeatElement(0, count: count))))
  }

  vocabulary("brand", 6, known: 4)
  vocabulary("place", 3, known: 3)
  vocabulary("tag", 4, known: 2)
  add(.users, "favourite", .categorical(vocabulary: "brand", table: "brand"), values(below: 6))
  add(.users, "tag", .categorical(vocabulary: "tag", table: "user"), lists(below: 4))
  add(
    .users, "income", .numeric(steps: [.log, .standardised(mean: 0.5, deviation: 2)]), numbers(missing: true))
  add(.items, "brand", .categorical(vocabulary: "brand", table: "brand"), values(below: 6))
  add(.items, "price", .numeric(steps: [.quantiles(edges: [0, 1, 2])]), numbers(missing: true))
  add(.items, "weight", .numeric(steps: []), numbers(missing: false))
  add(.samples, "place", .categorical(vocabulary: "place", table: "place"), values(below: 3))
  add(.samples, "price", .numeric(steps: [.log]), numbers(missing: true))
  add(.samples, "screen", .vector(width: 2), numbers(missing: false, width: 2))
  add(.events, "place", .categorical(vocabulary: "place", table: "place"), values(below: 3))
  add(.events, "dwell", .numeric(steps: [.log, .quantiles(edges: [0.5, 1])]), numbers(missing: true))
  add(.events, "scroll", .numeric(steps: []), numbers(missing: true))
  for index in dataset.features.vocabularies.indices {
    let count = dataset.features.vocabularies[index].count
    dataset.features.vocabularies[index].counts = Column(repeatElement(0, count: count))
  }
  dataset.countOccurrences()
  return dataset
}
