extension TreeSum {
  /// The cost of one sum of vectors of `vectorBytes` among the ranks of `map`.
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

  /// The cost of bringing everybody's part of `bytes` to everybody, where each step sends twice as much as
  /// the one before.
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
