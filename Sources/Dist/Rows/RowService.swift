import Support

/// Brings rows of shared out tables to a rank that asks for them at any time, while the others do work of their own: what a
/// rank needs for its next users.
///
/// Every rank answers the others whenever it calls `serve`, and while it waits for rows itself: so no two ranks wait for
/// each other. A request goes to that rank of a host which has the asking one's place among its own, so that a host's
/// ranks share the work.
package final class RowService {
  /// What this rank wants, to be added to before `fetch`.
  package let requests: RowRequests
  /// What came last. Valid until the next `fetch`.
  package let rows: RemoteRows
  /// Rows that this rank has got from other hosts so far.
  package private(set) var fetched = 0

  private let communicator: any Communicator
  private let layout: HostLayout
  private let parts: RowParts
  private let tables: [TableMemory]
  private let index: Int
  private var received = GrowableBuffer<Int32>()
  /// A request of another rank, and its numbers of rows [tables].
  private var asked = GrowableBuffer<Int32>()
  private let askedCounts: UnsafeMutablePointer<Int>
  /// What is asked of each host [hosts].
  private let questions: [Message<Int32>]
  /// Answers under way, and those whose memory is free again.
  private var underWay: [Message<Float>] = []
  private var free: [Message<Float>] = []
  private let arrivals = Requests()

  /// A message that this rank sends.
  private final class Message<Element: MPIElement> {
    var values = GrowableBuffer<Element>()
    let sends = Requests(capacity: 2)
  }

  /// As for `RowFetch`; nobody changes the tables while there is a service.
  package init(
    _ communicator: any Communicator, _ layout: HostLayout, _ parts: RowParts,
    tables: [TableMemory]
  ) {
    precondition(tables.map(\.width) == parts.widths, "memory of every table")
    self.communicator = communicator
    self.layout = layout
    self.parts = parts
    self.tables = tables
    index = layout.ranks[parts.host].firstIndex(of: communicator.rank) ?? 0
    requests = RowRequests(parts)
    rows = RemoteRows(parts, hosts: layout.count)
    questions = (0..<layout.count).map { _ in Message() }
    askedCounts = .allocate(capacity: max(parts.tables, 1))
  }

  deinit { askedCounts.deallocate() }

  /// Answers the requests that have arrived. Cheap where there is none.
  package func serve() throws {
    var place = 0
    while place < underWay.count {
      if try communicator.poll(underWay[place].sends) {
        free.append(underWay.remove(at: place))
      } else {
        place += 1
      }
    }
    while let request = try communicator.probe(tag: Tag.rowRequest) {
      let length = request.count(of: Int32.self)
      let words = asked.resetUninitialized(length)
      try communicator.receive(
        UnsafeMutableBufferPointer(start: words, count: length), from: request.source, tag: Tag.rowRequest)
      for table in 0..<parts.tables { askedCounts[table] = Int(words[table]) }
      let message = free.popLast() ?? Message<Float>()
      let count = parts.elements(askedCounts)
      let values = message.values.resetUninitialized(count)
      parts.answer(words + parts.tables, counts: askedCounts, from: tables, to: values)
      try communicator.startSend(
        UnsafeBufferPointer(start: values, count: count), to: request.source, tag: Tag.rowAnswer,
        message.sends)
      underWay.append(message)
    }
  }

  /// Fetches what this rank requests, and meanwhile answers others and calls `others`, which must let everything else
  /// advance that other ranks may wait for.
  package func fetch(others: () throws -> Void) throws {
    requests.sort()
    let tables = parts.tables
    for host in 0..<layout.count {
      for table in 0..<tables {
        rows.counts[host * tables + table] =
          host == parts.host ? 0 : RowRequests.cut(requests.all, parts, host: host, table: table).count
      }
    }
    rows.set(start: received.resetUninitialized(rows.lay()))
    for host in 0..<layout.count where rows.rows(of: host) > 0 {
      let rank = layout.ranks[host][index % layout.ranks[host].count]
      try communicator.startReceive(
        UnsafeMutableBufferPointer(start: rows.floats(of: host), count: rows.values(of: host)), from: rank,
        tag: Tag.rowAnswer, arrivals)
      let question = questions[host]
      question.values.removeAll()
      for table in 0..<tables { question.values.append(Int32(rows.counts[host * tables + table])) }
      var ids = rows.ids(of: host)
      for table in 0..<tables {
        for key in RowRequests.cut(requests.all, parts, host: host, table: table) {
          let id = Int32(truncatingIfNeeded: key)
          question.values.append(id)
          ids.pointee = id
          ids += 1
        }
      }
      fetched += rows.rows(of: host)
      try communicator.startSend(
        UnsafeBufferPointer(start: question.values.pointer, count: question.values.count), to: rank,
        tag: Tag.rowRequest, question.sends)
    }
    try communicator.whileWaiting {
      while try !communicator.poll(arrivals) {
        try serve()
        try others()
        // Other ranks may need this core.
        usleep(20)
      }
    }
    // They were answered, so they have arrived.
    for question in questions { try communicator.finish(question.sends) }
  }
}
