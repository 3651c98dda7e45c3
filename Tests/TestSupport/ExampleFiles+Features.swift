import IO
import Support

extension ExampleFiles {
  /// The example data set with features of every kind and owner: rare and missing values, lists, numbers with all
  /// transformations, a vector, hashed values, and two features that share a vocabulary and a table.
  package static func featured(users: Int = 300) -> Dataset {
    var dataset = dataset(users: users)
    let (items, events) = (dataset.items.count, dataset.events.count)
    let parts = [dataset.train.count, dataset.test.count]
    func values(_ count: Int, below bound: Int) -> FeatureColumn {
      .values(Column((0..<count).map { Int32($0 % (bound + 1)) - 1 }))
    }
    func lists(_ count: Int, below bound: Int) -> FeatureColumn {
      var offsets: [Int64] = [0]
      var values: [Int32] = []
      for row in 0..<count {
        for value in 0..<(row % 4) { values.append(Int32((row + value * value) % bound)) }
        offsets.append(Int64(values.count))
      }
      return .lists(offsets: Column(offsets), values: Column(values))
    }
    func numbers(_ count: Int, missing: Bool) -> FeatureColumn {
      let isMissing = (0..<count).map { missing && $0 % 5 == 2 }
      return .numbers(
        Column(isMissing.enumerated().map { $1 ? 0 : Float($0 % 97) / 7 - 3 }),
        missing: missing ? Column(isMissing.map { $0 ? 1 : 0 }) : nil)
    }
    func categorical(_ vocabulary: String, table: String? = nil) -> Feature.Kind {
      .categorical(vocabulary: vocabulary, table: table ?? vocabulary)
    }
    func add(_ owner: FeatureOwner, _ name: String, _ kind: Feature.Kind, _ columns: FeatureColumn...) {
      dataset.features[owner].append(
        Feature(name, kind, columns, description: "example \(name)", source: "example.csv: \(name)"))
    }
    func vocabulary(_ name: String, _ count: Int, known: Int) {
      dataset.features.vocabularies.append(
        Vocabulary(
          name, .values(StringColumn((0..<count).map { "\(name) \($0)" }), known: known, minimumCount: 2),
          counts: Column([])))
    }

    vocabulary("city", 9, known: 6)
    vocabulary("device", 4, known: 4)
    vocabulary("tag", 12, known: 10)
    dataset.features.vocabularies.append(
      Vocabulary(
        "brand", .hashed(distinct: Column((0..<16).map { Int64($0 % 4) })), counts: Column([])))
    // The order of an owner's features is not that of their names.
    add(.users, "home", categorical("city"), values(users, below: 9))
    add(
      .users, "age", .numeric(steps: [.standardised(mean: 2.5, deviation: 4)]), numbers(users, missing: true))
    add(.items, "city", categorical("city"), values(items, below: 9))
    add(.items, "brand", categorical("brand"), values(items, below: 16))
    add(
      .items, "price", .numeric(steps: [.log, .standardised(mean: 0.5, deviation: 2)]),
      numbers(items, missing: true))
    add(
      .samples, "device", categorical("device", table: "shown_on"), values(parts[0], below: 4),
      values(parts[1], below: 4))
    add(
      .samples, "rank", .numeric(steps: []), numbers(parts[0], missing: false),
      numbers(parts[1], missing: false))
    add(.samples, "tags", categorical("tag"), lists(parts[0], below: 12), lists(parts[1], below: 12))
    add(.events, "dwell", .numeric(steps: [.quantiles(edges: [-2, 0.5, 3])]), numbers(events, missing: true))
    dataset.countOccurrences()
    return dataset
  }
}
