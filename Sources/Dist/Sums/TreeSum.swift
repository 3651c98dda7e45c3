/// Sums one vector per virtual shard along `ShardTree`, on every rank, with the same bits for any number
/// of ranks.
///
/// A rank first adds within its block. Then every rank sums one segment of the vector for all: it gets
/// that segment of everybody's partials, adds them along the rest of the tree, and sends the sum to
/// everybody. So each value travels twice, whatever the number of ranks, while sums that climb from owner
/// to owner and come back by broadcast travel 2 log2(p) times one after the other. Short vectors are
/// bound by latency, not by bandwidth: there each rank gets all partials whole, in one exchange, and adds
/// them itself.
package final class TreeSum {
  let communicator: any Communicator
  let plan: SumPlan
  private let requests: Requests
  /// Other ranks' partials.
  private var scratch: UnsafeMutableRawBufferPointer
  /// Where each partial's segment lies while it is added [partials].
  private let slots: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
  private var partLengths: [Int]

  /// Up to this many bytes of all partials together, every rank adds everything itself.
  package var wholeLimit = TreeSum.defaultWholeLimit
  /// Longer vectors are summed in stretches of this many elements, which bounds the scratch memory.
  package var stretch = 1 << 20

  /// `map.ranks` is the communicator's size.
  package init(_ communicator: any Communicator, _ map: ShardMap) {
    precondition(map.ranks == communicator.size, "the shard map is for another number of ranks")
    self.communicator = communicator
    plan = SumPlan(map: map, rank: communicator.rank)
    requests = Requests(capacity: 2 * (plan.partialCount + communicator.size))
    scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    slots = .allocate(capacity: plan.partialCount)
    partLengths = [Int](repeating: 0, count: communicator.size)
  }

  deinit {
    scratch.deallocate()
    slots.deallocate()
  }

  /// `perShard` [owned shards, count] holds this rank's shards' vectors and is used up. The sum is in
  /// `result` [count], or in the first `count` elements of `perShard` where `result` is nil.
  package func sum(
    _ perShard: UnsafeMutablePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>? = nil
  ) throws {
    try run(perShard, count, result ?? perShard)
  }

  /// As for Float.
  package func sum(
    _ perShard: UnsafeMutablePointer<Double>, count: Int, into result: UnsafeMutablePointer<Double>? = nil
  ) throws {
    try run(perShard, count, result ?? perShard)
  }

  /// As `sum`, where the vectors of this rank's partials are added up already: each in the place of its first
  /// shard, `plan.inner.roots`. What lies in the other shards' places is not looked at. For several ranks.
  func sumPartials(_ perShard: UnsafeMutablePointer<Float>, count: Int) throws {
    try run(perShard, count, perShard, addsOwned: false)
  }

  @inline(__always)
  private func run<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int, _ result: UnsafeMutablePointer<Element>,
    addsOwned: Bool = true
  ) throws {
    guard count > 0 else { return }
    if addsOwned { addOwned(perShard, count) }
    if communicator.size == 1 {
      if result != perShard { result.update(from: perShard, count: count) }
    } else if plan.partialCount * count * MemoryLayout<Element>.size <= wholeLimit {
      try sumWhole(perShard, count, result)
    } else {
      var start = 0
      while start < count {
        let length = min(stretch, count - start)
        try sumBySegments(perShard + start, stride: count, length: length, result + start)
        start += length
      }
    }
  }

  /// The additions within this rank, a block of columns at a time: all shards' blocks fit the cache.
  @inline(__always)
  private func addOwned<Element: BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int
  ) {
    let block = 1024
    var start = 0
    while start < count {
      let length = min(block, count - start)
      for addition in plan.inner.additions {
        add(
          perShard + (addition.left * count + start), perShard + (addition.right * count + start), length)
      }
      start += length
    }
  }

  /// The additions above the partials, of the vectors that `slots` point to; the sum is in slot 0.
  @inline(__always)
  private func addPartials<Element: BinaryFloatingPoint>(of type: Element.Type, _ length: Int) {
    let block = 1024
    var start = 0
    while start < length {
      let part = min(block, length - start)
      for addition in plan.outer.additions {
        add(
          slots[addition.left].assumingMemoryBound(to: Element.self) + start,
          slots[addition.right].assumingMemoryBound(to: Element.self) + start, part)
      }
      start += part
    }
  }

  /// Everybody's partials to everybody; everybody adds.
  @inline(__always)
  private func sumWhole<Element: MPIElement & BinaryFloatingPoint>(
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

  /// Each rank adds its segment of the `length` columns for all.
  @inline(__always)
  private func sumBySegments<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int,
    _ result: UnsafeMutablePointer<Element>
  ) throws {
    let rank = communicator.rank
    let size = communicator.size
    let segment = segment(rank, of: length)
    let others = plan.partialCount - plan.inner.roots.count
    let incoming = reserve(others * segment.count, of: Element.self)
    guard let base = incoming.baseAddress else { return }

    // Receives before sends, and every rank starts with its right neighbour, so that nobody is flooded.
    var place = base
    for step in 1..<size {
      let source = (rank + size - step) % size
      for slot in plan.partials(ofRank: source) {
        slots[slot] = UnsafeMutableRawPointer(place)
        try communicator.startReceive(
          UnsafeMutableBufferPointer(start: place, count: segment.count), from: source, tag: Tag.partials,
          requests)
        place += segment.count
      }
    }
    for step in 1..<size {
      let target = (rank + step) % size
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

    addPartials(of: Element.self, segment.count)
    let sum = slots[0].assumingMemoryBound(to: Element.self)
    let own = result + segment.lowerBound
    if sum != own { own.update(from: sum, count: segment.count) }

    for step in 1..<size {
      let source = (rank + size - step) % size
      let columns = self.segment(source, of: length)
      try communicator.startReceive(
        UnsafeMutableBufferPointer(start: result + columns.lowerBound, count: columns.count), from: source,
        tag: Tag.results, requests)
    }
    for step in 1..<size {
      try communicator.startSend(
        UnsafeBufferPointer(start: own, count: segment.count), to: (rank + step) % size, tag: Tag.results,
        requests)
    }
    try communicator.finish(requests)
  }

  private func segment(_ rank: Int, of length: Int) -> Range<Int> {
    length * rank / communicator.size..<length * (rank + 1) / communicator.size
  }

  /// Scratch for `count` elements, at least one so that it has an address; kept from call to call.
  private func reserve<Element>(_ count: Int, of type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    if scratch.count < bytes {
      scratch.deallocate()
      scratch = .allocate(byteCount: bytes, alignment: 64)
    }
    return UnsafeMutableBufferPointer(rebasing: scratch.bindMemory(to: Element.self)[..<count])
  }
}

/// left += right, in this order.
@inline(__always)
func add<Element: BinaryFloatingPoint>(
  _ left: UnsafeMutablePointer<Element>, _ right: UnsafeMutablePointer<Element>, _ count: Int
) {
  for index in 0..<count { left[index] = left[index] + right[index] }
}
