import Support

/// Who joins which row numbers of a table in a `SparseTreeSum`.
///
/// The ranges are cut so that they would have shared the previous sum evenly. Every rank knows that sum, so
/// the ranks need not agree on the ranges, and they do not affect the bits. Where the hosts share out the table, each joins
/// the rows that it has, and its ranks parts of those.
package struct RowRanges: Sendable {
  /// Host h joins the row numbers hosts[h] ..< hosts[h + 1] of all hosts.
  package private(set) var hosts: [Int32]
  /// Of its own ranks' rows, those ranks join parts of all row numbers; of its own range of all hosts' rows, parts of
  /// that. Each is [host's ranks + 1] bounds.
  package private(set) var whole: [Int32]
  package private(set) var own: [Int32]
  private let host: Int
  private let rows: Int
  /// [hosts + 1] where each host's rows begin; nil where all have all.
  private let parts: [Int32]?

  /// For `host` of `layout`, and a table of `rows` rows, which `parts` shares out among the hosts.
  package init(_ layout: HostLayout, host: Int, rows: Int, parts: [Int32]? = nil) {
    self.host = host
    self.rows = rows
    self.parts = parts
    let (count, size) = (layout.count, layout.ranks[host].count)
    hosts = [Int32](repeating: 0, count: count + 1)
    whole = [Int32](repeating: 0, count: size + 1)
    own = whole
    cut { Int32(rows * $0 / $1) }
  }

  /// Cuts the ranges of the next sum so that each has an equal part of `ids`, ascending row numbers: those of all hosts, or
  /// where they share out the table this host's. Too few are not cut.
  package mutating func cut(_ ids: UnsafeBufferPointer<Int32>) {
    let total = hosts.count - 1
    guard parts == nil else { return cutOwn(ids) }
    guard ids.count >= total else { return }
    let rows = rows
    cut { $0 < $1 && ids.count >= $1 ? ids[ids.count * $0 / $1] : Int32(rows * $0 / $1) }
    let first = ids.count * host / total
    cutOwn(UnsafeBufferPointer(rebasing: ids[first..<ids.count * (host + 1) / total]))
  }

  private mutating func cutOwn(_ ids: UnsafeBufferPointer<Int32>) {
    let size = own.count - 1
    guard ids.count >= size else { return }
    for part in 1..<max(size, 1) { own[part] = ids[ids.count * part / size] }
  }

  /// `bound` is where one of so many equal parts begins. Those of the own range are cut by numbers.
  private mutating func cut(_ bound: (Int, Int) -> Int32) {
    for part in 1..<max(hosts.count - 1, 1) { hosts[part] = parts?[part] ?? bound(part, hosts.count - 1) }
    for part in 1..<max(whole.count - 1, 1) { whole[part] = bound(part, whole.count - 1) }
    // No number is so large, also none of a row that comes later.
    hosts[hosts.count - 1] = .max
    whole[whole.count - 1] = .max
    let (low, high) = (Int(hosts[host]), max(Int(hosts[host]), min(Int(hosts[host + 1]), rows)))
    for part in 0..<own.count - 1 { own[part] = Int32(low + (high - low) * part / (own.count - 1)) }
    own[own.count - 1] = hosts[host + 1]
  }

  /// Which of `count` ascending numbers are in `range`.
  package static func cut(
    _ ids: UnsafePointer<Int32>, _ count: Int, to range: Range<some BinaryInteger>
  ) -> Range<Int> {
    let first = bisect(count) { ids[$0] >= range.lowerBound }
    return first..<bisect(count) { ids[$0] >= range.upperBound }
  }
}
