import Support

/// Brings rows of shared out tables from the hosts that have them to the ranks that read them, for all ranks at the same
/// time: what a training step begins with.
///
/// A row travels to a host once, however many of its ranks want it. They put the numbers of their rows where all of them
/// see them; those of them that speak to a host ask it for all (`HostGroup.peers`), and answer what it asks. So a host
/// sends every other host three messages: how many rows it wants of each table, which, and the values that the other
/// wants.
package final class RowFetch {
  /// What this rank wants, to be added to before `fetch`.
  package let requests: RowRequests
  /// What came last: the rows that the host's ranks wanted. Valid until the next `fetch`.
  package let rows: RemoteRows

  private let hosts: HostGroup
  private let parts: RowParts
  private let tables: [TableMemory]
  /// Of all ranks of the host [ranks], and what they want, a stretch of equal length for each.
  private let published: HostBuffer
  private let wanted: HostBuffer
  /// What the host gets: [hosts, tables] numbers of rows, and the sections of `rows`.
  private let arriving: HostBuffer
  private let arrived: HostBuffer
  /// Of the host's ranks together, what one other host has.
  private let merged: RowRequests
  /// [hosts, tables] how many rows others want, and where a host's row numbers are in `asked` and `asking`.
  private let asked: UnsafeMutableBufferPointer<Int>
  private let places: UnsafeMutableBufferPointer<Int>
  private var askedIDs = GrowableBuffer<Int32>()
  private var asking = GrowableBuffer<Int32>()
  private var answers = GrowableBuffer<Float>()

  /// `tables` are the shared out tables, of which this host's ranks share the rows that `parts` gives it. Collective.
  /// Throws where the host has no memory for it.
  package init(_ hosts: HostGroup, _ parts: RowParts, tables: [TableMemory]) throws {
    precondition(tables.map(\.width) == parts.widths, "memory of every table")
    self.hosts = hosts
    self.parts = parts
    self.tables = tables
    let count = hosts.layout.count
    requests = RowRequests(parts)
    merged = RowRequests(parts)
    rows = RemoteRows(parts, hosts: count)
    published = HostBuffer(hosts)
    wanted = HostBuffer(hosts)
    arriving = HostBuffer(hosts)
    arrived = HostBuffer(hosts)
    asked = .allocate(capacity: count * parts.tables)
    asked.initialize(repeating: 0)
    places = .allocate(capacity: count + 1)
    places.initialize(repeating: 0)
    try published.reserve(hosts.size * MemoryLayout<Int>.size)
    try arriving.reserve(count * parts.tables * MemoryLayout<Int>.size)
  }

  deinit {
    asked.deallocate()
    places.deallocate()
  }

  /// Fetches what the ranks request. Nobody changes a table before every rank has come to its next collective call.
  /// Collective.
  package func fetch() throws {
    guard hosts.layout.count > 1 else { return }
    requests.sort()
    try publish()
    try exchangeRequests()
    try exchangeRows()
  }

  /// Puts this rank's requests where all ranks of the host see them.
  private func publish() throws {
    let (counts, own) = (published.values(of: Int.self), requests.all)
    counts[hosts.index] = own.count
    try wanted.publish(
      UInt64.self, length: { counts[$0] },
      write: { target in
        if let source = own.baseAddress { target.update(from: source, count: own.count) }
      })
  }

  /// Asks every host for the rows that this one's ranks want of it, and learns what it wants.
  private func exchangeRequests() throws {
    let arriving = arriving.values(of: Int.self)
    asking.removeAll()
    for peer in hosts.peers {
      places[peer] = asking.count
      merge(for: peer)
      for table in 0..<parts.tables {
        let keys = RowRequests.cut(merged.all, parts, host: peer, table: table)
        arriving[peer * parts.tables + table] = keys.count
        for key in keys { asking.append(Int32(truncatingIfNeeded: key)) }
      }
    }
    if hosts.leads {
      for table in 0..<parts.tables { arriving[hosts.host * parts.tables + table] = 0 }
    }
    for peer in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: asked(by: peer), count: parts.tables), from: peer,
        tag: Tag.rowCounts)
    }
    for peer in hosts.peers {
      try hosts.startSend(
        UnsafeBufferPointer(start: arriving + peer * parts.tables, count: parts.tables), to: peer,
        tag: Tag.rowCounts)
    }
    try hosts.finish()
    // Every rank of the host has its numbers.
    try hosts.barrier()
  }

  /// The requests of all ranks of the host for rows of `peer`.
  private func merge(for peer: Int) {
    merged.removeAll()
    let counts = published.values(of: Int.self)
    for index in 0..<hosts.size {
      let keys = UnsafeBufferPointer(
        start: wanted.values(of: UInt64.self) + index * wanted.room(of: UInt64.self), count: counts[index])
      for table in 0..<parts.tables {
        merged.add(RowRequests.cut(keys, parts, host: peer, table: table))
      }
    }
    merged.sort()
  }

  private func exchangeRows() throws {
    rows.counts.baseAddress?.update(from: arriving.values(of: Int.self), count: rows.counts.count)
    let words = rows.lay()
    try arrived.reserve(words * MemoryLayout<Int32>.size)
    rows.set(start: arrived.values(of: Int32.self))
    var (ids, values) = (0, 0)
    for peer in hosts.peers {
      ids += parts.rows(asked(by: peer))
      values += parts.elements(asked(by: peer))
    }
    let targets = (ids: askedIDs.resetUninitialized(ids), values: answers.resetUninitialized(values))
    ids = 0
    for peer in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: targets.ids + ids, count: parts.rows(asked(by: peer))), from: peer,
        tag: Tag.rows)
      ids += parts.rows(asked(by: peer))
    }
    for peer in hosts.peers {
      let own = UnsafeBufferPointer(start: asking.pointer + places[peer], count: rows.rows(of: peer))
      if let source = own.baseAddress { rows.ids(of: peer).update(from: source, count: own.count) }
      try hosts.startSend(own, to: peer, tag: Tag.rows)
    }
    try hosts.finish()
    (ids, values) = (0, 0)
    for peer in hosts.peers.reversed() {
      try hosts.startReceive(
        UnsafeMutableBufferPointer(start: rows.floats(of: peer), count: rows.values(of: peer)), from: peer,
        tag: Tag.rows)
      let counts = asked(by: peer)
      parts.answer(targets.ids + ids, counts: counts, from: tables, to: targets.values + values)
      try hosts.startSend(
        UnsafeBufferPointer(start: targets.values + values, count: parts.elements(counts)), to: peer,
        tag: Tag.rows)
      ids += parts.rows(counts)
      values += parts.elements(counts)
    }
    try hosts.finish()
    try hosts.barrier()
  }

  /// [tables] how many rows `peer` wants.
  private func asked(by peer: Int) -> UnsafeMutablePointer<Int> {
    guard let asked = asked.baseAddress else { preconditionFailure("there is a table") }
    return asked + peer * parts.tables
  }
}
