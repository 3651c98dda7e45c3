/// What the cost of a sum of touched rows depends on, apart from the rows.
package struct SumShape: Sendable {
  package var ranks: Double
  /// Of all ranks together.
  package var partials: Double
  package var tableRows: Double
  package var width: Double

  package init(ranks: Double, partials: Double, tableRows: Double, width: Double) {
    self.ranks = ranks
    self.partials = partials
    self.tableRows = tableRows
    self.width = width
  }

  /// The cost where touched rows and their numbers travel.
  package func sparse(partialRows: Double, unionRows: Double) -> ExchangeCost {
    let others = ranks - 1
    let own = partials / ranks
    let rowBytes = 4 * (width + 1)
    return ExchangeCost(rounds: 3, messages: (3 + 2 * own) * others, bytes: 8 * own * others)
      + ExchangeCost(bytes: (own * partialRows + unionRows) * rowBytes * others / ranks)
      + TreeSum.gatherCost(ranks: ranks, bytes: 8 * ranks)
  }

  /// The cost where the whole table travels, with a column that tells which rows are touched.
  package var dense: ExchangeCost {
    TreeSum.cost(ranks: ranks, partials: partials, vectorBytes: 4 * tableRows * (width + 1))
  }

  /// The rule: dense where that costs no more than the sum of `expectedRows` touched rows. Every partial is
  /// taken to have as many as all partials together, which is nearly true of tables that are small enough for
  /// this to matter.
  package func isDense(expectedRows: Double) -> Bool {
    dense.weight <= sparse(partialRows: expectedRows, unionRows: expectedRows).weight
  }
}

extension SparseTreeSum {
  /// The cost of one sum of rows of `width` among the ranks of `map`, where a partial has `partialRows` rows
  /// on average and all partials together have `unionRows`, in the way that the sum itself chooses for a
  /// table of `tableRows`.
  package static func cost(
    _ map: ShardMap, tableRows: Int, width: Int, partialRows: Double, unionRows: Double
  ) -> ExchangeCost {
    guard map.ranks > 1 else { return ExchangeCost() }
    let shape = SumShape(
      ranks: Double(map.ranks), partials: Double(map.partials.count),
      tableRows: Double(tableRows), width: Double(width))
    return shape.isDense(expectedRows: unionRows)
      ? shape.dense : shape.sparse(partialRows: partialRows, unionRows: unionRows)
  }
}
