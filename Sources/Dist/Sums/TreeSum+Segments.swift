extension TreeSum {
  /// Sums `length` columns of longer vectors: each rank gets its segment of everybody's partials, adds them,
  /// and sends the sum to everybody.
  @inline(__always)
  func sumBySegments<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int,
    _ result: UnsafeMutablePointer<Element>
  ) throws {
    let segment = segment(communicator.rank, of: length)
    try gatherSegment(segment, perShard, stride: stride, length: length)
    addPartials(of: Element.self, segment.count)
    let sum = slots[0].assumingMemoryBound(to: Element.self)
    let own = result + segment.lowerBound
    if sum != own { own.update(from: sum, count: segment.count) }
    try spreadSegments(result, length: length)
  }

  /// Makes `slots` point to all partials of this rank's segment.
  @inline(__always)
  private func gatherSegment<Element: MPIElement & BinaryFloatingPoint>(
    _ segment: Range<Int>, _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int
  ) throws {
    let rank = communicator.rank
    let size = communicator.size
    let others = plan.partialCount - plan.inner.roots.count
    guard var place = reserve(others * segment.count, of: Element.self).baseAddress else { return }
    for source in OtherRanks.before(rank, of: size) {
      for slot in plan.partials(ofRank: source) {
        slots[slot] = UnsafeMutableRawPointer(place)
        try communicator.startReceive(
          UnsafeMutableBufferPointer(start: place, count: segment.count), from: source, tag: Tag.partials,
          requests)
        place += segment.count
      }
    }
    for target in OtherRanks.after(rank, of: size) {
      let columns = self.segment(target, of: length)
      for root in plan.inner.roots {
        try communicator.startSend(
          UnsafeBufferPointer(
            start: perShard + root.slot * stride + columns.lowerBound, count: columns.count),
          to: target, tag: Tag.partials, requests)
      }
    }
    for (slot, root) in zip(plan.partials(ofRank: rank), plan.inner.roots) {
      slots[slot] = UnsafeMutableRawPointer(perShard + root.slot * stride + segment.lowerBound)
    }
    try communicator.finish(requests)
  }

  /// Sends this rank's segment of `result` to everybody and receives the others'.
  @inline(__always)
  private func spreadSegments<Element: MPIElement & BinaryFloatingPoint>(
    _ result: UnsafeMutablePointer<Element>, length: Int
  ) throws {
    let rank = communicator.rank
    let size = communicator.size
    for source in OtherRanks.before(rank, of: size) {
      let columns = segment(source, of: length)
      try communicator.startReceive(
        UnsafeMutableBufferPointer(start: result + columns.lowerBound, count: columns.count), from: source,
        tag: Tag.results, requests)
    }
    let own = segment(rank, of: length)
    for target in OtherRanks.after(rank, of: size) {
      try communicator.startSend(
        UnsafeBufferPointer(start: result + own.lowerBound, count: own.count), to: target, tag: Tag.results,
        requests)
    }
    try communicator.finish(requests)
  }

  private func segment(_ rank: Int, of length: Int) -> Range<Int> {
    length * rank / communicator.size..<length * (rank + 1) / communicator.size
  }
}
