import Dist
import Testing

@Suite struct ExchangeCostTests {
  private func map(_ ranks: Int) throws -> ShardMap { try ShardMap(shards: max(8, ranks), ranks: ranks) }

  /// Dense for small tables that batches touch nearly whole, sparse for large ones, with one bound between.
  @Test(arguments: [2, 3, 4, 8, 64])
  func theRuleTurnsOnceAsTablesGrow(ranks: Int) throws {
    let partials = Double(ranks)
    var ways: [Bool] = []
    for exponent in 4...27 {
      let rows = Double(1 << exponent)
      let shape = SumShape(ranks: Double(ranks), partials: partials, tableRows: rows, width: 9)
      ways.append(shape.isDense(expectedRows: min(rows, 2000)))
    }
    #expect(ways.first == true && ways.last == false)
    #expect(zip(ways, ways.dropFirst()).filter { $0 != $1 }.count == 1)
  }

  /// The more rows are touched, the sooner the whole table is no dearer.
  @Test func theRuleFollowsTheTouchedRows() {
    let shape = SumShape(ranks: 4, partials: 4, tableRows: 5000, width: 9)
    #expect(!shape.isDense(expectedRows: 50))
    #expect(shape.isDense(expectedRows: 5000))
  }

  /// Touched rows, not the table, make the cost of a large table's sum; one rank alone sends nothing.
  @Test func costs() throws {
    for ranks in [2, 4, 8] {
      let costs = [1_000_000, 100_000_000].map {
        SparseTreeSum.cost(try! map(ranks), tableRows: $0, width: 9, partialRows: 800, unionRows: 1500)
      }
      #expect(costs[0] == costs[1])
      #expect(costs[0].bytes > Double(1500 * 40 / ranks) && costs[0].rounds >= 4)
    }
    #expect(TreeSum.cost(try map(1), vectorBytes: 1 << 20) == ExchangeCost())
    // Each value travels twice, whatever the number of ranks.
    #expect(TreeSum.cost(try map(4), vectorBytes: 1 << 20).bytes == 2 * 0.75 * Double(1 << 20))
    #expect(TreeSum.cost(try map(4), vectorBytes: 100).rounds == 2)
  }
}
