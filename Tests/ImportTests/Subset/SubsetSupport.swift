import IO
import Import
import Support
import TestSupport
import Testing

/// Logs to import, cut and join.
struct SubsetLog {
  let directory: FileTestFolder

  init() throws { directory = try FileTestFolder() }

  /// Rows `user,item,timestamp,value` of the made-up users, in order of time; several share a moment, also of
  /// one user.
  static func rows(_ count: Int = 240, users: Int = 11, items: Int = 19) -> [String] {
    (0..<count).map { row in
      "u\((row / 2 * 13 + row / 8) % users),i\((row * 7 + row / 5) % items),\(1_300_000_000 + row / 3 * 20_000),\(row % 5 + 1)"
    }
  }

  /// - Parameter value: the name of the last column, `rating` or `label`; nil leaves it out.
  func dataset(
    _ rows: [String], value: String?, split: SplitRule, items: String? = nil, minimum: Int? = nil
  ) throws -> Dataset {
    let lines = rows.map { row -> String in
      let fields = row.split(separator: ",")
      guard let value else { return fields.dropLast().joined(separator: ",") }
      let last = Int(fields[3]).map { value == "label" ? $0 / 4 : $0 } ?? 0
      return fields.dropLast().joined(separator: ",") + ",\(last)"
    }
    let header = "user,item,timestamp" + (value.map { ",\($0)" } ?? "")
    return try CSVImport.run(
      CSVImport.Options(
        interactions: try directory.write(([header] + lines).joined(separator: "\n") + "\n", to: "log.csv"),
        items: try items.map { try directory.write($0, to: "items.csv") }, split: split, seed: 3,
        minimumTrainingSamples: minimum))
  }

  /// Writes `dataset` as the file `name`.
  func file(_ name: String, _ dataset: Dataset) throws -> String {
    let path = directory.path + "/" + name
    try DatasetFile.write(dataset, to: path)
    return path
  }

  func subset(
    _ dataset: Dataset, _ change: (inout DatasetSubset.Options) -> Void
  ) throws -> (dataset: Dataset, account: ImportAccount) {
    var options = DatasetSubset.Options(input: try file("input.h5", dataset), command: "lcft subset input.h5")
    change(&options)
    let log = EventLog()
    let result = try DatasetSubset.run(options) { log.events.append($0) }
    return (try written(result), try #require(log.account))
  }

  func merge(_ datasets: [Dataset]) throws -> (dataset: Dataset, account: ImportAccount) {
    let files = try datasets.enumerated().map { try file("part-\($0).h5", $1) }
    let log = EventLog()
    let result = try DatasetMerge.run(.init(inputs: files, command: "lcft merge")) { log.events.append($0) }
    return (try written(result), try #require(log.account))
  }

  /// `dataset` as its file gives it back: what can be read has passed all checks.
  private func written(_ dataset: Dataset) throws -> Dataset {
    try DatasetFile.read(file("output.h5", dataset))
  }
}

extension Dataset {
  /// A small data set by hand: one entry per user, `id`, events as (item, time), samples as (item, time, label,
  /// event position, drawn).
  static func literal(
    items: [String],
    _ users: [(
      id: String, events: [(Int32, Int64)], train: [(Int32, Int64, UInt8, Int32, UInt8)],
      test: [(Int32, Int64, UInt8, Int32, UInt8)]
    )]
  ) -> Dataset {
    func offsets(_ counts: [Int]) -> Column<Int64> {
      Column(counts.reduce(into: [Int64(0)]) { $0.append($0[$0.count - 1] + Int64($1)) })
    }
    func samples(_ rows: [[(Int32, Int64, UInt8, Int32, UInt8)]]) -> Samples {
      let all = rows.flatMap { $0 }
      return Samples(
        offsets: offsets(rows.map(\.count)), item: Column(all.map(\.0)), label: Column(all.map(\.2)),
        eventPosition: Column(all.map(\.3)), timestamp: Column(all.map(\.1)), drawn: Column(all.map(\.4)))
    }
    let events = users.flatMap(\.events)
    return Dataset(
      users: .init(id: StringColumn(users.map(\.id)), eventOffsets: offsets(users.map(\.events.count))),
      events: .init(
        item: Column(events.map(\.0)), timestamp: Column(events.map(\.1)),
        label: Column(events.map { _ in 1 })),
      train: samples(users.map(\.train)), test: samples(users.map(\.test)),
      items: .init(id: StringColumn(items)),
      provenance: .init(kind: "csv", splitRule: "timestamp <= 100", seed: 1, negativeSampling: "none"))
  }

  var userIds: [String] { (0..<users.count).map { users.id[$0] } }
  var itemIds: [String] { (0..<items.count).map { items.id[$0] } }

  /// `item@time#event position=label` of each sample, `*` after a drawn one.
  func sampleTexts(_ samples: Samples) -> [String] {
    (0..<samples.count).map {
      "\(items.id[Int(samples.item[$0])])@\(samples.timestamp?[$0] ?? -1)#\(samples.eventPosition[$0])="
        + "\(samples.label[$0])" + ((samples.drawn?[$0] ?? 0) != 0 ? "*" : "")
    }
  }

  /// `item@time` of each event.
  var eventTexts: [String] {
    (0..<events.count).map { "\(items.id[Int(events.item[$0])])@\(events.timestamp[$0])" }
  }
}
