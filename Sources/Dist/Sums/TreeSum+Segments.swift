extension TreeSum {
  /// Sums `length` columns of longer vectors. Within a host each rank adds its part of the columns of everybody's
  /// partials. Then each host gets its segment of all hosts' partials, of which each of its ranks again adds a part, and
  /// sends the sum to all.
  func sumBySegments<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, stride: Int, length: Int,
    _ result: UnsafeMutablePointer<Element>
  ) throws {
    let bytes = length * MemoryLayout<Element>.size
    let leaves = plan.group.leafDepths.count
    try published.reserve(leaves * bytes)
    try results.reserve(bytes)
    let partials = published.values(of: Element.self)
    publish(perShard, stride: stride, length: length, to: partials)
    try hosts.barrier()
    for leaf in 0..<leaves { slots[leaf] = UnsafeMutableRawPointer(partials + leaf * length) }
    let sum = results.values(of: Element.self)
    if hosts.layout.count == 1 {
      add(plan.group, of: Element.self, hosts.part(of: 0..<length)) { columns in
        (sum + columns.lowerBound).update(from: partials + columns.lowerBound, count: columns.count)
      }
      try hosts.barrier()
    } else {
      try addHost(of: Element.self, length)
      try exchangePartials(of: Element.self, length)
      try addHosts(of: Element.self, length)
      try spread(sum, length)
    }
    result.update(from: sum, count: length)
  }

  /// Adds this rank's part of the columns of the host's partials and lays out the host's sums: for each host, its
  /// segment of each.
  private func addHost<Element: MPIElement & BinaryFloatingPoint>(of type: Element.Type, _ length: Int) throws
  {
    let roots = plan.group.roots.count
    let own = segment(hosts.host, of: length).count
    let incoming = (plan.outer.leafDepths.count - roots) * own
    try exchanged.reserve((roots * length + incoming) * MemoryLayout<Element>.size)
    let outgoing = exchanged.values(of: Element.self)
    let columns = hosts.part(of: 0..<length)
    var target = 0
    add(plan.group, of: Element.self, columns) { block in
      var start = block.lowerBound
      while start < block.upperBound {
        while segment(target, of: length).upperBound <= start { target += 1 }
        let segment = segment(target, of: length)
        let count = min(block.upperBound, segment.upperBound) - start
        for (number, root) in plan.group.roots.enumerated() {
          let place = roots * segment.lowerBound + number * segment.count + start - segment.lowerBound
          let from = slots[root.slot].assumingMemoryBound(to: Element.self)
          (outgoing + place).update(from: from + start, count: count)
        }
        start += count
      }
    }
    try hosts.barrier()
  }

  /// Sends every host its segment of this host's partials, and makes `slots` point to all hosts' partials of this one's.
  private func exchangePartials<Element: MPIElement & BinaryFloatingPoint>(
    of type: Element.Type, _ length: Int
  ) throws {
    let roots = plan.group.roots.count
    let outgoing = exchanged.values(of: Element.self)
    let own = segment(hosts.host, of: length)
    var place = outgoing + roots * length
    for source in 0..<hosts.layout.count {
      let partials = plan.partials(ofHost: source)
      let isOwn = source == hosts.host
      let first = isOwn ? outgoing + roots * own.lowerBound : place
      for (number, slot) in partials.enumerated() {
        slots[slot] = UnsafeMutableRawPointer(first + number * own.count)
      }
      if !isOwn { place += partials.count * own.count }
    }
    for source in hosts.peers.reversed() {
      let partials = plan.partials(ofHost: source)
      let first = slots[partials.lowerBound].assumingMemoryBound(to: Element.self)
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: first, count: partials.count * own.count), from: source,
        tag: Tag.partials)
    }
    for target in hosts.peers {
      let columns = segment(target, of: length)
      try hosts.startSend(
        UnsafeBufferPointer(start: outgoing + roots * columns.lowerBound, count: roots * columns.count),
        to: target, tag: Tag.partials)
    }
    try hosts.finish()
    try hosts.barrier()
  }

  /// Adds this rank's part of the host's segment of all partials.
  private func addHosts<Element: MPIElement & BinaryFloatingPoint>(of type: Element.Type, _ length: Int)
    throws
  {
    let own = segment(hosts.host, of: length)
    let sum = results.values(of: Element.self) + own.lowerBound
    let first = slots[0].assumingMemoryBound(to: Element.self)
    add(plan.outer, of: Element.self, hosts.part(of: 0..<own.count)) { columns in
      (sum + columns.lowerBound).update(from: first + columns.lowerBound, count: columns.count)
    }
    try hosts.barrier()
  }

  /// Sends this host's segment of `sum` to all hosts and receives theirs.
  private func spread<Element: MPIElement>(_ sum: UnsafeMutablePointer<Element>, _ length: Int) throws {
    for source in hosts.peers.reversed() {
      let columns = segment(source, of: length)
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: sum + columns.lowerBound, count: columns.count), from: source,
        tag: Tag.results)
    }
    let own = segment(hosts.host, of: length)
    for target in hosts.peers {
      try hosts.startSend(
        UnsafeBufferPointer(start: sum + own.lowerBound, count: own.count), to: target, tag: Tag.results)
    }
    try hosts.finish()
    try hosts.barrier()
  }

  /// The columns that `host` sums for all.
  @inline(__always)
  private func segment(_ host: Int, of length: Int) -> Range<Int> {
    TreeSum.segment(host, of: length, hosts: hosts.layout.count)
  }

  /// The columns of vectors of `length` that `host` of so many `hosts` sums for all.
  @inline(__always)
  static func segment(_ host: Int, of length: Int, hosts: Int) -> Range<Int> {
    length * host / hosts..<length * (host + 1) / hosts
  }
}
