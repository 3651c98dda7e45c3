import IO
import Models
import Support

/// Looks among what training samples touch for values without a row of their own, which share their table's row of unknown
/// values: those of a sample, of its user or candidate, and of the entries of its histories. Entries are looked at as they
/// come and nothing is kept of them; where every table has such a value the rest is not looked at.
struct UnknownValueSearch {
  /// A feature whose values may be unknown.
  private final class Probe {
    let table: Int
    private let source: FeatureSource
    private let unknown: Int32
    private var buffer = GrowableBuffer<Int32>()

    init(_ source: FeatureSource, table: Int, unknown: Int) {
      self.source = source
      self.table = table
      self.unknown = Int32(unknown)
    }

    func hasUnknown(_ row: Int) -> Bool {
      let count = source.count(ofRow: row)
      let values = buffer.resetUninitialized(count)
      source.write(row: row, count: count, to: values)
      return (0..<count).contains { values[$0] == unknown }
    }
  }

  private let job: Job
  private let dataset: Dataset
  /// By owner, those of tables that no such value was found for.
  private var left: [ModelFeature.Owner: [Probe]] = [:]
  /// The tables that samples touch the row of unknown values of.
  private(set) var seen: Set<Int> = []

  /// `rows` are the tables' rows of unknown values. Of users that this process has no rows of nothing is looked at.
  init(_ job: Job, of dataset: Dataset, rows: [Int: Int]) {
    self.job = job
    self.dataset = dataset
    for feature in job.model.features.all {
      guard let table = feature.table, let unknown = rows[table] else { continue }
      left[feature.owner, default: []].append(
        Probe(FeatureSource(feature, of: dataset), table: table, unknown: unknown))
    }
    look(.users, in: dataset.heldUsers.lazy.filter { !dataset.train.rows(ofUser: $0).isEmpty })
    let samples = DatasetRows(of: dataset.heldUsers, in: dataset).train
    look(.samples, in: samples)
    // Where no item has such a value, none that is touched has.
    left[.items]?.removeAll { probe in !(0..<dataset.items.count).contains(where: probe.hasUnknown) }
    var isTested = [Bool](
      repeating: false, count: left[.items, default: []].isEmpty ? 0 : dataset.items.count)
    for row in samples where isLeft(.items) { test(item: dataset.train.item[row], &isTested) }
    if isLeft(.items) || isLeft(.events) { lookInHistories(&isTested) }
  }

  private func isLeft(_ owner: ModelFeature.Owner) -> Bool { !left[owner, default: []].isEmpty }

  private mutating func look(_ owner: ModelFeature.Owner, in rows: some Sequence<Int>) {
    for row in rows {
      guard isLeft(owner) else { return }
      test(owner, row)
    }
  }

  private mutating func test(_ owner: ModelFeature.Owner, _ row: Int) {
    for probe in left[owner, default: []] where probe.hasUnknown(row) {
      seen.insert(probe.table)
      // Features of several owners may share the table.
      for other in left.keys { left[other]?.removeAll { $0.table == probe.table } }
    }
  }

  private mutating func test(item: Int32, _ isTested: inout [Bool]) {
    guard !isTested[Int(item)] else { return }
    isTested[Int(item)] = true
    test(.items, Int(item))
  }

  private mutating func lookInHistories(_ isTested: inout [Bool]) {
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
            if isLeft(.items) { test(item: sequence.items[position], &isTested) }
            guard isLeft(.events) else { continue }
            var event = position
            sequence.turnIntoEvents(&event, count: 1)
            test(.events, event)
          }
          covered = window.upperBound
        }
        guard isLeft(.items) || isLeft(.events) else { return }
      }
    }
  }
}
