/// What a sum over the ranks costs one of them, the mean of all, as its messages are laid out.
///
/// From this a sum chooses between its ways, alike on every rank, and from this a run's time is foretold.
package struct ExchangeCost: Sendable, Equatable {
  /// Exchanges that wait for one another; each takes at least the time of an empty message.
  package var rounds = 0.0
  /// Messages that the rank sends.
  package var messages = 0.0
  /// Bytes that the rank sends.
  package var bytes = 0.0

  package init(rounds: Double = 0, messages: Double = 0, bytes: Double = 0) {
    self.rounds = rounds
    self.messages = messages
    self.bytes = bytes
  }

  package static func + (left: ExchangeCost, right: ExchangeCost) -> ExchangeCost {
    ExchangeCost(
      rounds: left.rounds + right.rounds, messages: left.messages + right.messages,
      bytes: left.bytes + right.bytes)
  }

  package static func * (cost: ExchangeCost, count: Double) -> ExchangeCost {
    ExchangeCost(
      rounds: cost.rounds * count, messages: cost.messages * count, bytes: cost.bytes * count)
  }

  /// One number to compare by. A round weighs as many bytes as a network carries meanwhile: some 8 KiB both for
  /// shared memory (2 us, 4 GB/s) and for a gigabit link (60 us, 0.12 GB/s). A message takes its sender about an
  /// eighth of that.
  package var weight: Double { bytes + 8192 * rounds + 1024 * messages }
}

extension TreeSum {
  /// Up to this many bytes of all partials together, every rank adds everything itself.
  package static let defaultWholeLimit = 64 << 10

  /// One sum of vectors of `vectorBytes` among the ranks of `map`.
  package static func cost(_ map: ShardMap, vectorBytes: Int) -> ExchangeCost {
    guard map.ranks > 1 else { return ExchangeCost() }
    let ranks = Double(map.ranks)
    let partials = Double(map.partials.count)
    return cost(ranks: ranks, partials: partials, vectorBytes: Double(vectorBytes))
  }

  static func cost(ranks: Double, partials: Double, vectorBytes: Double) -> ExchangeCost {
    if partials * vectorBytes <= Double(defaultWholeLimit) {
      return gatherCost(ranks: ranks, bytes: partials * vectorBytes)
    }
    let others = ranks - 1
    let own = partials / ranks
    return ExchangeCost(
      rounds: 2, messages: (own + 1) * others, bytes: (own + 1) * vectorBytes * others / ranks)
  }

  /// Everybody's part of `bytes` to everybody, each step with twice as much as the one before.
  static func gatherCost(ranks: Double, bytes: Double) -> ExchangeCost {
    var steps = 0.0
    var reached = 1.0
    while reached < ranks {
      reached *= 2
      steps += 1
    }
    return ExchangeCost(rounds: steps, messages: steps, bytes: bytes * (ranks - 1) / ranks)
  }
}

extension SparseTreeSum {
  /// One sum of rows of `width` among the ranks of `map`, where a partial has `partialRows` rows on average and
  /// all together `unionRows`, in the way that the sum itself would take in a table of `tableRows`.
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

extension ShardMap {
  /// The shards of each partial: the largest nodes of the tree that lie wholly within one rank's block.
  package var partials: [Range<Int>] {
    func nodes(_ node: Range<Int>) -> [Range<Int>] {
      if owner(ofShard: node.lowerBound) == owner(ofShard: node.upperBound - 1) { return [node] }
      let middle = ShardTree.middle(of: node)
      return nodes(node.lowerBound..<middle) + nodes(middle..<node.upperBound)
    }
    return nodes(0..<shards)
  }
}

/// What the cost of a sum of touched rows depends on, apart from the rows.
package struct SumShape: Sendable {
  package var ranks: Double
  package var partials: Double
  package var tableRows: Double
  package var width: Double

  package init(ranks: Double, partials: Double, tableRows: Double, width: Double) {
    self.ranks = ranks
    self.partials = partials
    self.tableRows = tableRows
    self.width = width
  }

  /// Touched rows and their numbers travel.
  package func sparse(partialRows: Double, unionRows: Double) -> ExchangeCost {
    let others = ranks - 1
    let own = partials / ranks
    let rowBytes = 4 * (width + 1)
    return ExchangeCost(rounds: 3, messages: (3 + 2 * own) * others, bytes: 8 * own * others)
      + ExchangeCost(bytes: (own * partialRows + unionRows) * rowBytes * others / ranks)
      + TreeSum.gatherCost(ranks: ranks, bytes: 8 * ranks)
  }

  /// The whole table travels, with a column that says which rows are touched.
  package var dense: ExchangeCost {
    TreeSum.cost(ranks: ranks, partials: partials, vectorBytes: 4 * tableRows * (width + 1))
  }

  /// The rule: dense where that is no dearer than the sum of `expectedRows` touched rows, of which every partial
  /// is taken to have as many as all together. In a table so small that this matters most do.
  package func isDense(expectedRows: Double) -> Bool {
    dense.weight <= sparse(partialRows: expectedRows, unionRows: expectedRows).weight
  }
}
