import Foundation
import IO
import Support

/// Small contents for files, with every optional part, ids beyond ASCII, users without events and columns both
/// below and above the size from which they are cut into chunks.
package enum ExampleFiles {
  package static let created = "2024-02-29T12:00:00Z"

  package static func dataset(users: Int = 300) -> Dataset {
    let items = 50
    var eventOffsets: [Int64] = [0]
    var events: (item: [Int32], timestamp: [Int64], label: [UInt8]) = ([], [], [])
    var positions: [Int] = []
    for user in 0..<users {
      let count = user * 7 % 30
      for event in 0..<count {
        events.item.append(Int32((user * 13 + event * event) % items))
        events.timestamp.append(1_300_000_000 + Int64(user * 1000 + event / 2))
        events.label.append(UInt8((user + event) % 2))
      }
      positions.append(count)
      eventOffsets.append(Int64(events.item.count))
    }
    func samples(_ factor: Int, probability: Bool) -> Dataset.Samples {
      var offsets: [Int64] = [0]
      var columns: (item: [Int32], label: [UInt8], position: [Int32], probability: [Float]) = ([], [], [], [])
      for user in 0..<users {
        for sample in 0..<(user * factor % 23) {
          columns.item.append(Int32((user + sample * 3) % items))
          columns.label.append(sample % 4 == 0 ? 1 : 0)
          columns.position.append(Int32(sample % (positions[user] + 1)))
          columns.probability.append(Float(sample) / 23)
        }
        offsets.append(Int64(columns.item.count))
      }
      return Dataset.Samples(
        offsets: Column(offsets), item: Column(columns.item), label: Column(columns.label),
        eventPosition: Column(columns.position),
        probability: probability ? Column(columns.probability) : nil)
    }
    var dataset = Dataset(
      users: .init(
        id: StringColumn((0..<users).map { $0 % 3 == 0 ? "usér-\($0)" : "u\($0)" }),
        eventOffsets: Column(eventOffsets)),
      events: .init(
        item: Column(events.item), timestamp: Column(events.timestamp), label: Column(events.label)),
      train: samples(11, probability: true), test: samples(5, probability: false),
      items: .init(id: StringColumn((0..<items).map { "item \($0)" })),
      features: features(
        items: items, actions: events.label.enumerated().map { Int32($0 % 4 + 1) * Int32($1) }),
      provenance: .init(
        kind: "csv", splitRule: "timestamp <= 1385078400", seed: .max, negativeSampling: "none",
        sources: [.init(path: "ratings.csv", sha256: "ab12"), .init(path: "ítems.csv", sha256: "")],
        skippedLines: 3,
        settings: ["threshold": "4", "empty": "", "long": String(repeating: "x", count: 30_000)]))
    dataset.countOccurrences()
    return dataset
  }

  /// The features that files without `/features` can hold.
  private static func features(items: Int, actions: [Int32]) -> Features {
    let (categories, width) = (6, 70)
    let categoryOffsets: [Int64] = (0...items).map { Int64($0 / 2) }
    let rows: [Int32] = (0..<items / 2).map { Int32($0 % categories) }
    let genome: [Float] = (0..<items * width).map { Float($0 % 101) / 101 }
    let missing: [UInt8] = (0..<items).map { $0 % 5 == 0 ? 1 : 0 }
    var features = Features()
    features.addCategories(
      StringColumn((0..<categories).map { "category \($0)" }), offsets: Column(categoryOffsets),
      values: Column(rows), source: "items.csv: categories")
    features.addGenome(
      width: width, values: Column(genome), missing: Column(missing), source: "genome-scores.csv: relevance")
    features.addActions(Column(actions), source: "log.csv: action")
    return features
  }

  package static func checkpoint() -> Checkpoint {
    Checkpoint(
      model: "DIN",
      dense: [
        // Neither in the order of their names nor group by group.
        NamedTensor(name: "mlp/1/weight", shape: [80, 200], values: (0..<16000).map { sinf(Float($0)) }),
        NamedTensor(name: "attention/0/weight", shape: [3, 2], values: [0.1, -0, .infinity, 4, .nan, 6]),
        NamedTensor(name: "mlp/0/weight", shape: [1, 4], values: [1, 2, 3, .leastNonzeroMagnitude]),
        NamedTensor(name: "bias", shape: [], values: [-2.5]),
      ],
      embeddings: [
        NamedTensor(name: "user", shape: [3000, 18], values: (0..<54000).map { Float($0) * 0.001 }),
        NamedTensor(name: "item", shape: [0, 9], values: []),
      ],
      optimizer: [NamedTensor(name: "adam/m/mlp/0/weight", shape: [2, 1, 3], values: [1, 2, 3, 4, 5, 6])],
      progress: .init(epoch: 2, step: 123_456_789_012, seed: 0xFFFF_FFFF_FFFF_FFFE, losses: [0.69, 0.4]),
      job: "model: DIN # größer\n" + String(repeating: "note: a job file of many lines\n", count: 5000),
      datasetDigest: "0123abcd")
  }

  package static func results(users: Int = 2000) -> Results {
    let testCount = Column(count: users) { Int32($0 % 5) }
    let offsets = Column(count: users + 1) { testCount[..<$0].reduce(0) { $0 + Int64($1) } }
    let samples = Int(offsets[users])
    func method(_ name: String, _ shift: Double, predictions: Bool) -> Results.Method {
      let status = Column(count: users) { Results.AUCStatus(rawValue: UInt8($0 % 4))! }
      return Results.Method(
        name: name, alpha: Column(count: users) { 1 + shift * Double($0) },
        beta: Column(count: users) { -shift / Double($0 + 1) },
        labelStatus: Column(count: users) { Results.LabelStatus(rawValue: UInt8($0 % 3))! },
        auc: Column(count: users) { status[$0] == .defined ? Double($0) / Double(users) : .nan },
        aucStatus: status,
        lossBefore: Column(count: users) { 0.7 + Double($0) },
        lossAfter: Column(count: users) { 0.6 - Double($0) },
        summary: .init(
          userAUC: 0.5 + shift, userAUCUnweighted: 0.6, pooledAUC: 0.7, logLoss: 0.4, undefinedAUC: 12,
          undefinedLabels: 3),
        predictions: predictions ? Column(count: samples) { Float($0) / Float(samples) } : nil)
    }
    var results = Results(
      users: .init(
        id: StringColumn((0..<users).map { "user \($0)" }), row: Column(count: users) { Int32($0 * 2) },
        trainCount: Column(count: users) { Int32($0 + 1) },
        trainPositives: Column(count: users) { Int32($0 / 2) },
        testCount: testCount, testPositives: testCount.map { $0 / 2 },
        localCTR: Column(count: users) { Double($0 / 2) / Double($0 + 1) }),
      methods: [
        method("soft1", 0.1, predictions: true), method("cloud", 0, predictions: false),
        method("hard", 0.2, predictions: true),
      ],
      predictions: .init(offsets: offsets, label: Column(count: samples) { UInt8($0 % 2) }),
      significance: .init(
        draws: 1000, seed: .max,
        comparisons: [
          .init(
            method: "cloud", against: "soft1", users: 500, difference: -0.1, low: -0.125, high: 0.0625,
            up: 0.25,
            same: 0.5, down: 0.25),
          .init(
            method: "hard", against: "soft1", users: 0, difference: .nan, low: .nan, high: .nan, up: .nan,
            same: .nan, down: .nan),
        ]),
      model: "DIN", globalCTR: 0.17, job: "model: DIN\n", datasetDigest: "aa", checkpointDigest: "bb")
    results.untrained = untrained(users: users / 4)
    results.items = .init(touched: testCount.map { $0 / 2 }, unseen: testCount.map { $0 / 3 })
    results.methods[0].shift = Column(count: users) { $0 % 3 == 0 ? .nan : 0.5 - Double($0) }
    return results
  }

  /// The same with measures, as a run writes them.
  package static func measuredResults(users: Int = 2000) -> Results {
    var results = results(users: users)
    let settings = Results.MeasureSettings(cutoffs: [1, 5], bins: 10)
    results.measureSettings = settings
    if let labels = results.predictions?.label {
      results.predictions?.timestamp = Column(count: labels.count) { Int64(1_700_000_000 + $0 / 2) }
    }
    results.lists = lists(of: results.users.testCount)
    for place in results.methods.indices {
      results.methods[place].measures = measures(users: users, shift: Double(place) / 8, settings)
      results.methods[place].summary.measures = summary(settings, shift: Double(place) / 8)
    }
    if var untrained = results.untrained {
      untrained.predictions?.timestamp = Column(count: 2 * (users / 4)) { Int64($0) }
      untrained.lists = lists(of: untrained.testCount)
      untrained.measures = measures(users: users / 4, shift: 0, settings)
      untrained.summary.measures = summary(settings, shift: 0)
      untrained.summaryOfAll.measures = summary(settings, shift: 0.25)
      results.untrained = untrained
    }
    return results
  }

  private static func lists(of counts: Column<Int32>) -> Results.UserLists {
    Results.UserLists(count: counts.map { $0 / 2 }, candidates: counts.map { $0 / 2 * 2 })
  }

  private static func measures(
    users: Int, shift: Double, _ settings: Results.MeasureSettings
  ) -> Results.UserMeasures {
    func column(_ place: Int) -> Column<Double> {
      Column(count: users) { $0 % 5 == 4 ? .nan : Double(($0 + place) % 7) / 16 + shift }
    }
    return Results.UserMeasures(
      logLoss: column(0), predictedCTR: column(1),
      ranking: Results.UserRanking(
        mrr: column(2), ndcg: settings.cutoffs.map { column($0 + 2) }, hitRate: settings.cutoffs.map(column)))
  }

  private static func summary(_ settings: Results.MeasureSettings, shift: Double) -> Results.Measures {
    Results.Measures(
      logLossPerUser: 0.5 + shift, calibration: 1 + shift, calibrationError: shift / 2,
      ranking: Results.Ranking(
        lists: 400, candidates: 900, mrr: shift, ndcg: settings.cutoffs.map { Double($0) / 16 },
        hitRate: settings.cutoffs.map { Double($0) / 8 + shift / 4 }))
  }

  private static func untrained(users: Int) -> Results.Untrained {
    let summary = Results.Summary(
      userAUC: 0.5, userAUCUnweighted: 0.25, pooledAUC: 0.75, logLoss: 0.375, undefinedAUC: users / 2,
      undefinedLabels: 0)
    let id = (0..<users).map { "new user \($0)" }
    let hasClick = Column(count: users) { $0 % 2 == 1 }
    let labels = Column<UInt8>(count: 2 * users) { hasClick[$0 / 2] ? UInt8($0 % 2) : 0 }
    return Results.Untrained(
      id: StringColumn(id), row: Column(count: users) { Int32($0 * 8 + 1) },
      testCount: hasClick.map { _ in 2 }, testPositives: hasClick.map { $0 ? 1 : 0 },
      auc: hasClick.map { $0 ? 0.5 : .nan },
      aucStatus: hasClick.map { $0 ? .defined : .onlyNegatives },
      predictions: .init(offsets: Column(count: users + 1) { Int64($0 * 2) }, label: labels),
      logits: Column(count: labels.count) { Float($0) / 3 }, summary: summary, summaryOfAll: summary)
  }
}
