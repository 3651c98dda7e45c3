import Support

// Within a host, where there are several: its ranks' rows become those of the host, cut for all hosts.
extension SparseTreeSum {
  /// Joins this rank's part of the rows of all ranks of the host.
  func joinHost() throws {
    for merge in upper { merge.begin(published.values(of: Float.self)) }
    for index in 0..<hosts.size {
      append(publishedSection(index), at: index * publishedRoom, of: published) {
        $0.whole[hosts.index]..<$0.whole[hosts.index + 1]
      }
    }
    let total = hosts.layout.count
    let roots = plan.group.roots
    for table in 0..<widths.count {
      upper[table].join(along: plan.group)
      for (root, node) in roots.enumerated() {
        let keys = upper[table].list(of: node)
        let list = table * roots.count + root
        for host in 0...total {
          cuts[list * (total + 1) + host] = SparseTreeSum.cut(keys, at: ranges[table].hosts[host])
        }
        for host in 0..<total {
          counts.parts(hosts.index, for: host)[list] =
            cuts[list * (total + 1) + host + 1] - cuts[list * (total + 1) + host]
        }
      }
    }
    try hosts.barrier()
  }

  /// The first of the keys whose row number is not below `bound`.
  private static func cut(_ keys: UnsafeBufferPointer<UInt64>, at bound: Int32) -> Int {
    bisect(keys.count) { Int32(truncatingIfNeeded: keys[$0] >> 32) >= bound }
  }

  /// Sends every host the rows that it joins, and lays those that this one joins one after another, the own ones first.
  func exchangeParts() throws {
    let lists = widths.count * plan.group.roots.count
    let total = hosts.layout.count
    for host in 0..<total {
      for list in 0..<lists {
        var rows = 0
        for index in 0..<hosts.size { rows += counts.parts(index, for: host)[list] }
        totals[host * lists + list] = rows
      }
    }
    try exchangeCounts(lists)
    var end = 0
    for host in 0..<total {
      places[host] = end
      if host != hosts.host { end += partSection(host).words }
    }
    let word = MemoryLayout<Int32>.size
    let ownWords = partSection(hosts.host).words
    try outgoing.reserve(end * word)
    try gathered.reserve(ownWords * word)
    for host in 0..<total {
      let start =
        host == hosts.host
        ? gathered.values(of: Int32.self) : outgoing.values(of: Int32.self) + places[host]
      collectPart(host, into: start)
    }
    try hosts.finish()
    try hosts.barrier()

    for target in hosts.peers {
      try hosts.startSend(
        UnsafeBufferPointer(
          start: outgoing.values(of: Int32.self) + places[target], count: partSection(target).words),
        to: target, tag: Tag.rows)
    }
    try gathered.reserve(placeGathered() * word, keeping: ownWords * word)
    for source in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(
          start: gathered.values(of: Int32.self) + places[source], count: gatheredSection(source).words),
        from: source, tag: Tag.rows)
    }
    try hosts.finish()
    try hosts.barrier()
  }

  /// Starts to tell every host how many rows it gets.
  private func exchangeCounts(_ lists: Int) throws {
    for source in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(
          start: counts.gathered(source), count: widths.count * plan.partials(ofHost: source).count),
        from: source, tag: Tag.rowCounts)
    }
    guard let totals = totals.baseAddress else { return }
    for target in hosts.peers {
      try hosts.startSend(
        UnsafeBufferPointer(start: totals + target * lists, count: lists), to: target, tag: Tag.rowCounts)
    }
    if hosts.leads { counts.gathered(hosts.host).update(from: totals + hosts.host * lists, count: lists) }
  }

  /// Copies what this rank has joined for `host` to its place in that host's section.
  private func collectPart(_ host: Int, into start: UnsafeMutablePointer<Int32>) {
    let roots = plan.group.roots
    let section = partSection(host)
    collect(
      section, into: start,
      before: { place in
        var rows = 0
        for index in 0..<hosts.index {
          rows += counts.parts(index, for: host)[place.table * roots.count + place.list]
        }
        return rows
      },
      { place in
        let cut = (place.table * roots.count + place.list) * (hosts.layout.count + 1) + host
        let keys = upper[place.table].list(of: roots[place.list])
        return (
          upper[place.table], UnsafeBufferPointer(rebasing: keys[cuts[cut]..<cuts[cut + 1]])
        )
      })
  }

  /// What this host has for `host`.
  private func partSection(_ host: Int) -> RowSection {
    let lists = plan.group.roots.count
    guard let totals = totals.baseAddress else { preconditionFailure("there is a table") }
    return RowSection(counts: totals + host * widths.count * lists, lists: lists, widths: widths)
  }

  func gatheredSection(_ host: Int) -> RowSection {
    RowSection(counts: counts.gathered(host), lists: plan.partials(ofHost: host).count, widths: widths)
  }

  /// Sets `places` to those of the gathered sections, and returns how long they are together.
  private func placeGathered() -> Int {
    placeAfterOwn { gatheredSection($0).words }
  }

  /// Sets `places` to where the hosts' sections begin: the own one first, then the others. Returns their end.
  func placeAfterOwn(_ words: (Int) -> Int) -> Int {
    places[hosts.host] = 0
    var end = words(hosts.host)
    for host in 0..<hosts.layout.count where host != hosts.host {
      places[host] = end
      end += words(host)
    }
    return end
  }
}
