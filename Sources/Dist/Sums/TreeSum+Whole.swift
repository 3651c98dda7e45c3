extension TreeSum {
  /// Sums short vectors: everybody's partials go to everybody, and everybody adds.
  @inline(__always)
  func sumWhole<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int, _ result: UnsafeMutablePointer<Element>
  ) throws {
    let all = reserve(plan.partialCount * count, of: Element.self)
    guard let base = all.baseAddress else { return }
    for slot in 0..<plan.partialCount { slots[slot] = UnsafeMutableRawPointer(base + slot * count) }
    let own = plan.partials(ofRank: communicator.rank)
    for (slot, root) in zip(own, plan.inner.roots) {
      (base + slot * count).update(from: perShard + root.slot * count, count: count)
    }
    for rank in 0..<communicator.size { partLengths[rank] = plan.partials(ofRank: rank).count * count }
    let part = UnsafeBufferPointer(start: base + own.lowerBound * count, count: own.count * count)
    try communicator.allgather(part, into: all, counts: partLengths)
    addPartials(of: Element.self, count)
    result.update(from: base, count: count)
  }
}
