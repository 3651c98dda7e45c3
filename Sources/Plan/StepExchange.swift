import Dist
import LCFT

/// What an exchange costs: between hosts, of the one that sends most, and within a host.
package struct ExchangeCost: Sendable, Equatable {
  /// Exchanges between hosts one after another, each of which takes at least the time of an empty message.
  package var rounds = 0.0
  /// Messages and bytes that a host sends to others.
  package var messages = 0.0
  package var bytes = 0.0
  /// How often the ranks of a host meet, and the bytes that each writes to and reads from memory that they share.
  package var meetings = 0.0
  package var shared = 0.0
}

/// What a training step exchanges on the hosts of a `ShardMap`: counted, not sent, from the rows that the shards of real
/// batches touch. The same steps send exactly this (`HostGroup.traffic`).
package struct StepExchange {
  private let map: ShardMap
  private let partials: [Range<Int>]
  private let clips: Bool
  /// Where the hosts share out the tables.
  private let parts: RowParts?
  private let widths: [Int]
  private var ranges: [RowRanges]
  private var sums: [Int: Int] = [:]
  private var traffic: SumTraffic
  private(set) var steps = 0

  /// For `trainer`'s steps, whose shards may be on other ranks than here; `sharesTables`: on hosts that share out the rows of
  /// items and values.
  init(_ map: ShardMap, _ trainer: CloudTrainer, clips: Bool, sharesTables: Bool) {
    self.map = map
    self.clips = clips
    parts = sharesTables ? map.parts(of: trainer.tablesSummed) : nil
    partials = map.hostPartials
    widths = trainer.tablesSummed.map(\.width)
    let bounds = parts?.bounds
    ranges = trainer.tablesSummed.enumerated().map {
      RowRanges(map.layout, host: 0, rows: $1.rows, parts: bounds?[$0])
    }
    traffic = SumTraffic(map)
  }

  /// Counts the step that `trainer`, which has all shards on one rank, made last. Must see every step from the first one
  /// on: ranges of rows are cut by the step before.
  mutating func add(_ trainer: CloudTrainer) {
    steps += 1
    for (length, times) in trainer.statisticsSums {
      for _ in sums[length, default: 0]..<times {
        traffic.addVector(count: length, elementBytes: MemoryLayout<Double>.size)
      }
      sums[length] = times
    }
    traffic.addVector(count: trainer.denseLength, elementBytes: MemoryLayout<Float>.size)
    let tables = zip(widths, trainer.touched).map { width, shards in
      let rows = partials.map { Set($0.flatMap { shards[$0] }) }
      let union = rows.reduce(into: Set<Int32>()) { $0.formUnion($1) }
      return SumTraffic.TouchedTable(
        width: width, partials: rows.map { $0.sorted() }, union: union.sorted())
    }
    if let parts {
      let touched = trainer.touched
      let wanted = map.layout.ranks.indices.map { host in
        touched.map { table in Set(map.shards(ofHost: host).flatMap { table[$0] }) }
      }
      traffic.addFetch(wanted, parts)
    }
    traffic.addRows(tables, &ranges, keepsParts: parts != nil)
    // The norm of a gradient that is clipped.
    if clips { traffic.addVector(count: 1, elementBytes: MemoryLayout<Double>.size) }
    traffic.addMeeting()
  }

  /// The cost of a step, as the mean of those that were counted.
  var cost: ExchangeCost {
    let count = Double(max(steps, 1))
    return ExchangeCost(
      rounds: Double(traffic.rounds) / count, messages: Double(traffic.busiest.messages) / count,
      bytes: Double(traffic.busiest.bytes) / count, meetings: Double(traffic.meetings) / count,
      shared: Double(traffic.shared) / count)
  }
}
