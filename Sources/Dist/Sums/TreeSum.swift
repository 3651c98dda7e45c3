import Support

/// Sums one vector per virtual shard along `ShardTree`, on every rank, with the same bits for any number of
/// ranks.
///
/// A rank first adds within its block of shards; the sums of that are its *partials*. What is above them in
/// the tree is added by segments (TreeSum+Segments.swift): every rank sums one segment of the vector for all,
/// so that each value travels twice, whatever the number of ranks. Sums that climb from owner to owner and
/// return by a broadcast would travel 2 log2(p) times, one after another. Short vectors are bound by latency,
/// not by bandwidth: there each rank gets all partials whole, in one exchange, and adds them itself
/// (TreeSum+Whole.swift).
package final class TreeSum {
  let communicator: any Communicator
  let plan: SumPlan
  let requests: Requests
  /// Other ranks' partials.
  private var scratch = GrowableBuffer<UInt8>(capacity: 0)
  /// Where each partial's segment lies while it is added [partials].
  let slots: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
  /// How much each rank contributes to a sum of whole vectors [ranks].
  var partLengths: [Int]

  /// Up to this many bytes of all partials together, every rank adds everything itself.
  package var wholeLimit = TreeSum.defaultWholeLimit
  /// Longer vectors are summed in stretches of this many elements, which limits the scratch memory.
  package var stretch = 1 << 20

  package static let defaultWholeLimit = 64 << 10

  /// `map.ranks` is the communicator's size.
  package init(_ communicator: any Communicator, _ map: ShardMap) {
    precondition(map.ranks == communicator.size, "the shard map is for another number of ranks")
    self.communicator = communicator
    plan = SumPlan(map: map, rank: communicator.rank)
    requests = Requests(capacity: 2 * (plan.partialCount + communicator.size))
    slots = .allocate(capacity: plan.partialCount)
    partLengths = [Int](repeating: 0, count: communicator.size)
  }

  deinit { slots.deallocate() }

  /// `perShard` [owned shards, count] holds the vectors of this rank's shards and is overwritten. The sum is
  /// in `result` [count], or in the first `count` elements of `perShard` where `result` is nil. Collective.
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

  /// As `sum`, where the vectors of this rank's partials are added up already, each in the place of its first
  /// shard (`plan.inner.roots`). The other shards' places are not read. For several ranks.
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

  /// The additions within this rank, a block of columns at a time, so that all shards' blocks fit the cache.
  @inline(__always)
  private func addOwned<Element: BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int
  ) {
    let block = 1024
    var start = 0
    while start < count {
      let length = min(block, count - start)
      for addition in plan.inner.additions {
        addVector(
          perShard + (addition.right * count + start), to: perShard + (addition.left * count + start), length)
      }
      start += length
    }
  }

  /// The additions above the partials, of the vectors to which `slots` point; the sum is in slot 0.
  @inline(__always)
  func addPartials<Element: BinaryFloatingPoint>(of type: Element.Type, _ length: Int) {
    let block = 1024
    var start = 0
    while start < length {
      let part = min(block, length - start)
      for addition in plan.outer.additions {
        addVector(
          slots[addition.right].assumingMemoryBound(to: Element.self) + start,
          to: slots[addition.left].assumingMemoryBound(to: Element.self) + start, part)
      }
      start += part
    }
  }

  /// Scratch memory for `count` elements, kept from call to call.
  func reserve<Element>(_ count: Int, of type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
    let bytes = UnsafeMutableRawPointer(scratch.resetUninitialized(count * MemoryLayout<Element>.stride))
    return UnsafeMutableBufferPointer(
      start: bytes.bindMemory(to: Element.self, capacity: count), count: count)
  }
}
