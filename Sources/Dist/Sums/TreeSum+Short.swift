extension TreeSum {
  /// Sums short vectors. Where all ranks are on one host, every rank adds everything itself; otherwise the first of each
  /// host adds for the others.
  func sumShort<Element: MPIElement & BinaryFloatingPoint>(
    _ perShard: UnsafeMutablePointer<Element>, _ count: Int, _ result: UnsafeMutablePointer<Element>
  ) throws {
    let leaves = plan.group.leafDepths.count
    let bytes = (leaves + 1) * count * MemoryLayout<Element>.size
    let step = MemoryLayout<Double>.size
    try short.reserve(2 * ((bytes + step - 1) / step * step))
    // A rank may still read the sum before this one, but none the sum before that.
    turn = 1 - turn
    let half = short.capacity / 2 / step * step
    let partials = (short.start + turn * half).assumingMemoryBound(to: Element.self)
    publish(perShard, stride: count, length: count, to: partials)
    try hosts.barrier()
    if hosts.layout.count == 1 {
      let own = reserve(leaves * count, of: Element.self)
      own.update(from: partials, count: leaves * count)
      for leaf in 0..<leaves { slots[leaf] = UnsafeMutableRawPointer(own + leaf * count) }
      add(plan.group, of: Element.self, 0..<count)
      result.update(from: own, count: count)
    } else {
      let sum = partials + leaves * count
      if hosts.leads { try sumAmongHosts(partials, count, sum) }
      try hosts.barrier()
      result.update(from: sum, count: count)
    }
  }

  /// On the first rank of each host: the sum of the partials of this host's ranks and of those of all others.
  ///
  /// The hosts' parts lie in a circle that begins with this host's. In each step a rank sends as many parts as it has, or
  /// as are missing, to the rank so many places before it, and gets the following ones from the rank so many places
  /// after it (Bruck et al. 1997): log2(hosts) messages of each.
  private func sumAmongHosts<Element: MPIElement & BinaryFloatingPoint>(
    _ partials: UnsafeMutablePointer<Element>, _ count: Int, _ sum: UnsafeMutablePointer<Element>
  ) throws {
    for leaf in 0..<plan.group.leafDepths.count {
      slots[leaf] = UnsafeMutableRawPointer(partials + leaf * count)
    }
    add(plan.group, of: Element.self, 0..<count)
    let (own, total) = (hosts.host, hosts.layout.count)
    let circle = reserve(partialsAfter[total] * count, of: Element.self)
    for (number, root) in plan.group.roots.enumerated() {
      (circle + number * count).update(from: partials + root.slot * count, count: count)
    }
    var distance = 1
    while distance < total {
      let parts = min(distance, total - distance)
      let incoming = partialsAfter[distance] * count..<partialsAfter[distance + parts] * count
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: circle + incoming.lowerBound, count: incoming.count),
        fromRank: hosts.layout.ranks[(own + distance) % total][0], tag: Tag.partials)
      try hosts.startSend(
        UnsafeBufferPointer(start: circle, count: partialsAfter[parts] * count),
        toRank: hosts.layout.ranks[(own + total - distance) % total][0], tag: Tag.partials)
      try hosts.finish()
      distance *= 2
    }
    for host in 0..<total {
      let place = partialsAfter[(host + total - own) % total]
      for (number, slot) in plan.partials(ofHost: host).enumerated() {
        slots[slot] = UnsafeMutableRawPointer(circle + (place + number) * count)
      }
    }
    add(plan.outer, of: Element.self, 0..<count)
    sum.update(from: slots[0].assumingMemoryBound(to: Element.self), count: count)
  }
}
