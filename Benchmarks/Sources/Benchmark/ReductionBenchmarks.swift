import Dist
import Models
import Support

/// The sums over virtual shards and ranks: as many dense weights as DIN has at its reference sizes, and the rows that
/// a batch of 1,024 touches. Under mpirun with messages, by one rank without.
struct ReductionBenchmarks {
  let report: Report
  private let shards = 8

  func run() throws {
    let communicator = report.communicator
    let hosts = try HostGroup(communicator, node: try NodeSharing(communicator).node)
    let map = try ShardMap(shards: shards, layout: hosts.layout)
    let owned = map.shards(ofRank: communicator.rank).count
    let ranks = communicator.size == 1 ? "1 rank" : "\(communicator.size) ranks"
    let dense = TreeSum(hosts, map)
    for count in [1000, 34_000, 1_000_000] {
      var values = KernelBenchmarks.numbers(owned * count)
      let repeats = max(1, 2_000_000 / count)
      let measurement = try Measurement.best(allocationsPer: Double(repeats), among: communicator) {
        for _ in 0..<repeats { try dense.sum(&values, count: count) }
        return Double(repeats)
      }
      report.line("sum of \(count) floats over \(shards) shards, \(ranks)", measurement, "sums")
    }
    let (width, tableRows, touched) = (9, 63_001, 700)
    let sparse = try SparseTreeSum(hosts, map, tables: [(tableRows, width)])
    let rows = SparseRows(width: width)
    var random = KeyedRandom(seed: 7, UInt64(communicator.rank))
    let lists = (0..<owned).map { _ in
      Set((0..<touched).map { _ in Int32(random.below(tableRows)) }).sorted()
    }
    let measurement = try Measurement.best(allocationsPer: 200, among: communicator) {
      for _ in 0..<200 {
        rows.removeAll()
        for list in lists {
          list.withUnsafeBufferPointer { rows.appendList($0).update(repeating: 1) }
        }
        try sparse.sum([rows])
      }
      return 200
    }
    report.line("sum of \(touched) rows of \(width) over \(shards) shards, \(ranks)", measurement, "sums")
  }
}
