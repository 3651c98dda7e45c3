import Support

// Above the hosts: each joins a range of row numbers for all, and every rank gets all ranges, or that of its host.
extension SparseTreeSum {
  /// Joins this rank's part of the host's range of all hosts' rows.
  func joinAll() throws {
    let isOneHost = hosts.layout.count == 1
    for merge in upper { merge.begin((isOneHost ? published : gathered).values(of: Float.self)) }
    if isOneHost {
      for index in 0..<hosts.size {
        append(publishedSection(index), at: index * publishedRoom, of: published) {
          $0.own[hosts.index]..<$0.own[hosts.index + 1]
        }
      }
    } else {
      for host in 0..<hosts.layout.count {
        append(gatheredSection(host), at: places[host], of: gathered) {
          $0.own[hosts.index]..<$0.own[hosts.index + 1]
        }
      }
    }
    for table in 0..<widths.count {
      upper[table].join(along: isOneHost ? plan.group : plan.outer)
      counts.joined(hosts.index)[table] = upper[table].list(of: plan.outer.roots[0]).count
    }
    try hosts.barrier()
  }

  /// Brings all hosts' ranges to every rank. One after another, in the order of the hosts, they are the whole sum.
  func spread() throws {
    guard let totals = totals.baseAddress else { return }
    for table in 0..<widths.count {
      totals[table] = 0
      for index in 0..<hosts.size { totals[table] += counts.joined(index)[table] }
    }
    let sources = keepsParts ? [] : hosts.peers
    for source in sources.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: counts.summed(source), count: widths.count), from: source,
        tag: Tag.rowCounts)
    }
    for target in sources {
      try hosts.startSend(
        UnsafeBufferPointer(start: totals, count: widths.count), to: target, tag: Tag.rowCounts)
    }
    if hosts.leads { counts.summed(hosts.host).update(from: totals, count: widths.count) }

    let section = RowSection(counts: totals, lists: 1, widths: widths)
    let ownBytes = section.words * MemoryLayout<Int32>.size
    try summed.reserve(ownBytes)
    collect(
      section, into: summed.values(of: Int32.self),
      before: { place in
        var rows = 0
        for index in 0..<hosts.index { rows += counts.joined(index)[place.table] }
        return rows
      },
      { place in
        (upper[place.table], upper[place.table].list(of: plan.outer.roots[0]))
      })
    try hosts.finish()
    try hosts.barrier()
    let words = placeAfterOwn { summedSection($0).words }
    if hosts.layout.count > 1, !keepsParts { try exchangeRanges(words, ownBytes: ownBytes) }
    copyOut()
  }

  private func summedSection(_ host: Int) -> RowSection {
    RowSection(counts: counts.summed(host), lists: 1, widths: widths)
  }

  private func exchangeRanges(_ words: Int, ownBytes: Int) throws {
    try summed.reserve(words * MemoryLayout<Int32>.size, keeping: ownBytes)
    let start = summed.values(of: Int32.self)
    for source in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: start + places[source], count: summedSection(source).words),
        from: source, tag: Tag.rows)
    }
    for target in hosts.peers {
      try hosts.startSend(
        UnsafeBufferPointer(start: start, count: summedSection(hosts.host).words), to: target, tag: Tag.rows)
    }
    try hosts.finish()
    try hosts.barrier()
  }

  /// Copies the sum to this rank's own memory: of each table the hosts' lists, one after the other.
  private func copyOut() {
    let start = summed.values(of: Int32.self)
    typealias Place = (ids: UnsafeMutablePointer<Int32>?, values: UnsafeMutablePointer<Float>?)
    withUnsafeTemporaryAllocation(of: Place.self, capacity: widths.count) { next in
      for table in 0..<widths.count {
        var total = 0
        for host in 0..<hosts.layout.count { total += counts.summed(host)[table] }
        let place = results[table].appendUninitialized(total)
        next.initializeElement(at: table, to: (place.ids.baseAddress, place.values.baseAddress))
      }
      for host in 0..<hosts.layout.count {
        let section = start + places[host]
        summedSection(host).visit { list in
          guard let ids = next[list.table].ids, let values = next[list.table].values else { return }
          ids.update(from: section + list.ids, count: list.count)
          let source = UnsafeRawPointer(section + list.values).assumingMemoryBound(to: Float.self)
          values.update(from: source, count: list.count * widths[list.table])
          next[list.table] = (ids + list.count, values + list.count * widths[list.table])
        }
      }
    }
  }
}
