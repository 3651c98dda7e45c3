import Support

/// Rows of shared out tables that other hosts have, as they came from them: for each host a section of 32-bit words, first
/// the row numbers of all tables, then the values of all, each table's rows in ascending order.
package final class RemoteRows {
  let parts: RowParts
  private let hosts: Int
  /// [hosts, tables] the rows of each list.
  let counts: UnsafeMutableBufferPointer<Int>
  /// [hosts] where each section begins, in words from `start`.
  private let sections: UnsafeMutableBufferPointer<Int>
  private(set) var start = UnsafeMutablePointer<Int32>(bitPattern: MemoryLayout<Int32>.alignment)!

  init(_ parts: RowParts, hosts: Int) {
    self.parts = parts
    self.hosts = hosts
    counts = .allocate(capacity: hosts * parts.tables)
    sections = .allocate(capacity: hosts)
    counts.initialize(repeating: 0)
    sections.initialize(repeating: 0)
  }

  deinit {
    counts.deallocate()
    sections.deallocate()
  }

  /// Lays the sections one after another, from the counts of their lists. Returns how many words they have.
  func lay() -> Int {
    var words = 0
    for host in 0..<hosts {
      sections[host] = words
      words += rows(of: host) + values(of: host)
    }
    return words
  }

  /// The sections lie at `start`.
  func set(start: UnsafeMutablePointer<Int32>) { self.start = start }

  /// Rows of all tables in a section, and elements of their values.
  func rows(of host: Int) -> Int { parts.rows(counts(of: host)) }

  func values(of host: Int) -> Int { parts.elements(counts(of: host)) }

  /// [tables] the rows of each list of a section.
  private func counts(of host: Int) -> UnsafePointer<Int> {
    guard let counts = counts.baseAddress else { preconditionFailure("there is a host and a table") }
    return UnsafePointer(counts + host * parts.tables)
  }

  /// Where the section of `host` has its row numbers and its values.
  func ids(of host: Int) -> UnsafeMutablePointer<Int32> { start + sections[host] }

  func floats(of host: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(ids(of: host) + rows(of: host)).assumingMemoryBound(to: Float.self)
  }

  /// The values of row `row` of table `table`, which has come.
  package func values(ofRow row: Int32, table: Int) -> UnsafePointer<Float> {
    let host = parts.owner(of: row, table)
    let counts = counts(of: host)
    let ids = ids(of: host) + parts.rows(counts, before: table)
    let place = bisect(counts[table]) { ids[$0] >= row }
    precondition(place < counts[table] && ids[place] == row, "the row was asked for")
    return UnsafePointer(
      floats(of: host) + parts.elements(counts, before: table) + place * parts.widths[table])
  }
}

extension RowParts {
  /// Copies the values of the rows that a request names, `counts` [tables] row numbers of each table one table after
  /// another in `ids`, out of `tables` to `target`, one after another.
  func answer(
    _ ids: UnsafePointer<Int32>, counts: UnsafePointer<Int>, from tables: [TableMemory],
    to target: UnsafeMutablePointer<Float>
  ) {
    var (place, next) = (0, target)
    for table in 0..<self.tables {
      let (count, width) = (counts[table], widths[table])
      var first = next
      for block in tables[table].blocks {
        for i in 0..<count {
          let source = block.values + Int(ids[place + i]) * block.width
          for column in 0..<block.width { first[i * width + column] = source[column] }
        }
        first += block.width
      }
      next += count * width
      place += count
    }
  }

  /// So many rows of each table, of the tables before `table` or of all.
  func rows(_ counts: UnsafePointer<Int>, before table: Int? = nil) -> Int {
    var rows = 0
    for index in 0..<(table ?? tables) { rows += counts[index] }
    return rows
  }

  /// Elements of the values of those rows.
  func elements(_ counts: UnsafePointer<Int>, before table: Int? = nil) -> Int {
    var elements = 0
    for index in 0..<(table ?? tables) { elements += counts[index] * widths[index] }
    return elements
  }
}
