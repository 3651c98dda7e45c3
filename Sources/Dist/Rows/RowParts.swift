import Support

/// Where a host has the rows of a table: its columns lie in one block or in several, each with all rows of its own columns.
package struct TableMemory {
  package let blocks: [(values: UnsafeMutablePointer<Float>, width: Int)]

  package init(blocks: [(values: UnsafeMutablePointer<Float>, width: Int)]) { self.blocks = blocks }

  /// Elements of a row.
  var width: Int { blocks.reduce(0) { $0 + $1.width } }
}

/// Which host has which rows of tables that the hosts share out: host h has the rows bounds[h] ..< bounds[h + 1] of each.
package struct RowParts: Sendable {
  /// [tables] each [hosts + 1], ascending from 0 to the table's rows.
  package let bounds: [[Int32]]
  /// [tables] elements of a row.
  package let widths: [Int]
  let host: Int

  /// As `host` sees it.
  package init(bounds: [[Int]], widths: [Int], host: Int) {
    precondition(bounds.count == widths.count, "bounds and a width for every table")
    precondition(bounds.joined().allSatisfy { (0...Int(Int32.max)).contains($0) }, "row numbers have 32 bits")
    self.bounds = bounds.map { $0.map { Int32($0) } }
    self.widths = widths
    self.host = host
  }

  package var tables: Int { widths.count }

  /// The rows of table `table` that this host has.
  @inline(__always)
  func own(_ table: Int) -> Range<Int32> { bounds[table][host]..<bounds[table][host + 1] }

  /// The host that has row `row` of table `table`.
  package func owner(of row: Int32, _ table: Int) -> Int {
    let bounds = bounds[table]
    return bisect(bounds.count - 1) { bounds[$0 + 1] > row }
  }
}
