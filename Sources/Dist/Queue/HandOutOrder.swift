/// The order in which items of work are handed out to ranks, as indices of `costs`: by falling cost, so that no rank begins
/// an expensive item when the others are nearly done. `ChunkPlan` cuts what is in this order. Items of about the same cost
/// are in the order of their indices: those of a chunk lie near one another.
package func mostExpensiveFirst(_ costs: [Double]) -> [Int] {
  let classes = costs.map(costClass)
  return costs.indices.sorted { (classes[$0], $1) > (classes[$1], $0) }
}

/// Four to each doubling of the cost.
private func costClass(_ cost: Double) -> Int {
  guard cost > 0 else { return .min }
  return Int(cost.exponent) * 4 + Int((cost.significand - 1) * 4)
}
