import Support

/// Sums one vector per virtual shard along `ShardTree`, on every rank, with the same bits for any number of ranks and
/// hosts.
///
/// A rank adds within its block of shards and puts the sums, its *partials*, where all ranks of its host see them. What is
/// above them in the tree is added by segments (TreeSum+Segments.swift): a host's ranks share the columns of what lies
/// within the host, then every host sums one segment of the vector for all, so that each value travels twice between
/// hosts, whatever their number. Sums that climb from owner to owner and return by a broadcast would travel 2 log2(p)
/// times, one after another. Short vectors are bound by latency, not by bandwidth: there every host gets all partials
/// whole, in log2(hosts) messages one after another, and adds them itself (TreeSum+Short.swift).
package final class TreeSum {
  let hosts: HostGroup
  let plan: SumPlan
  /// The partials of this host's ranks, what goes to other hosts and comes from them, and the sum.
  let published: HostBuffer
  let exchanged: HostBuffer
  let results: HostBuffer
  /// Partials and sums of short vectors, for two sums in turns.
  let short: HostBuffer
  var turn = 0
  /// This rank's own copies of short partials.
  private var scratch = GrowableBuffer<UInt8>(capacity: 0)
  /// Where each leaf of a forest lies while it is added [leaves].
  let slots: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
  /// How many partials the hosts have before the one that is so many places after this rank's [hosts + 1].
  let partialsAfter: [Int]

  /// Up to this many bytes of partials together, vectors are short.
  package var shortLimit = TreeSum.defaultShortLimit
  /// Longer vectors are summed in stretches of this many elements, which limits the memory.
  package var stretch = TreeSum.defaultStretch

  package static let defaultShortLimit = 64 << 10
  package static let defaultStretch = 1 << 20

  /// `map` is for the layout of `hosts`.
  package init(_ hosts: HostGroup, _ map: ShardMap) {
    precondition(map.layout == hosts.layout, "the shard map is for other hosts")
    self.hosts = hosts
    let plan = SumPlan(map: map, rank: hosts.communicator.rank)
    self.plan = plan
    published = HostBuffer(hosts)
    exchanged = HostBuffer(hosts)
    results = HostBuffer(hosts)
    short = HostBuffer(hosts)
    slots = .allocate(capacity: max(plan.group.leafDepths.count, plan.outer.leafDepths.count))
    var partials = [0]
    for distance in 0..<hosts.layout.count {
      let host = (hosts.host + distance) % hosts.layout.count
      partials.append(partials[distance] + plan.partials(ofHost: host).count)
    }
    partialsAfter = partials
  }

  deinit { slots.deallocate() }

  /// `perShard` [owned shards, count] holds the vectors of this rank's shards and is overwritten. The sum is
  /// in `result` [count], or in the first `count` elements of `perShard` where `result` is nil. With `isAdded` the rank's
  /// own additions have been made (`addOwn`). Collective.
  package func sum(
    _ perShard: UnsafeMutablePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>? = nil,
    isAdded: Bool = false
  ) throws {
    try run(perShard, count, result ?? perShard, isAdded: isAdded)
  }

  /// As for Float.
  package func sum(
    _ perShard: UnsafeMutablePointer<Double>, count: Int, into result: UnsafeMutablePointer<Double>? = nil
  ) throws {
    try run(perShard, count, result ?? perShard, isAdded: false)
  }

  /// How many shards this rank has.
  package var ownedShards: Int { plan.ownedShards }

  /// The additions within this rank, children before parents: the vector of own shard `left` becomes left + right.
  package var ownAdditions: [(left: Int, right: Int)] { plan.inner.additions.map { ($0.left, $0.right) } }

  /// The additions within this rank of some `columns` of `perShard`, in place.
  package func addOwn(_ perShard: UnsafeMutablePointer<Float>, count: Int, _ columns: Range<Int>) {
    addOwned(perShard + columns.lowerBound, stride: count, length: columns.count)
  }

  private func run<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int, _ result: UnsafeMutablePointer<Element>,
    isAdded: Bool
  ) throws {
    guard count > 0 else { return }
    if !isAdded { addOwned(perShard, stride: count, length: count) }
    if hosts.communicator.size == 1 {
      if result != perShard { result.update(from: perShard, count: count) }
    } else if plan.isShort(bytes: count * MemoryLayout<Element>.size, limit: shortLimit) {
      try sumShort(perShard, count, result)
    } else {
      var start = 0
      while start < count {
        let length = min(stretch, count - start)
        try sumBySegments(perShard + start, stride: count, length: length, result + start)
        start += length
      }
    }
  }

  /// The additions within this rank, of `length` columns of longer vectors, a block of columns at a time, so that all
  /// shards' blocks fit the cache.
  ///
  /// Inlined into a function that throws, its loops have been seen to leave a number where the error belongs (Swift 6.3.1).
  @inline(never)
  func addOwned<Element: BinaryFloatingPoint & BitwiseCopyable>(
    _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int
  ) {
    var start = 0
    while start < length {
      let part = min(TreeSum.block, length - start)
      for addition in plan.inner.additions {
        addVector(
          perShard + (addition.right * stride + start), to: perShard + (addition.left * stride + start), part)
      }
      start += part
    }
  }

  /// Copies this rank's partials, which its own additions have made of `perShard`, to their places among those of the host,
  /// `place` [leaves, length].
  func publish<Element: BinaryFloatingPoint & BitwiseCopyable>(
    _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int,
    to place: UnsafeMutablePointer<Element>
  ) {
    let first = plan.partials(atIndex: hosts.index).lowerBound
    for (number, root) in plan.inner.roots.enumerated() {
      (place + (first + number) * length).update(from: perShard + root.slot * stride, count: length)
    }
  }

  /// The additions of `forest`, of `columns` of the vectors to which `slots` point. `done` gets each block of columns
  /// when it is added and still in the cache.
  @inline(never)
  func add<Element: BinaryFloatingPoint>(
    _ forest: ShardTree.Forest, of type: Element.Type, _ columns: Range<Int>,
    done: (Range<Int>) -> Void = { _ in }
  ) {
    var start = columns.lowerBound
    while start < columns.upperBound {
      let part = min(TreeSum.block, columns.upperBound - start)
      for addition in forest.additions {
        addVector(
          slots[addition.right].assumingMemoryBound(to: Element.self) + start,
          to: slots[addition.left].assumingMemoryBound(to: Element.self) + start, part)
      }
      done(start..<start + part)
      start += part
    }
  }

  /// Columns that are added at a time.
  package static let block = 1024

  /// Scratch memory for `count` elements, kept from call to call.
  func reserve<Element>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
    let bytes = UnsafeMutableRawPointer(scratch.resetUninitialized(count * MemoryLayout<Element>.stride))
    return bytes.bindMemory(to: Element.self, capacity: count)
  }
}
