/// The order in which items of work are handed out to ranks, as indices of `costs`: by falling cost, ties by
/// index, so that no rank begins an expensive item when the others are nearly done. `ChunkPlan` cuts what is
/// in this order.
package func mostExpensiveFirst(_ costs: [Double]) -> [Int] {
  costs.indices.sorted { (costs[$0], $1) > (costs[$1], $0) }
}
