import IO
import Support

/// Which row of an earlier model's tables each row of a new one's goes on from, for one row space.
struct RowMatch {
  /// [rows] the earlier row; -1 for a new one.
  let sources: [Int32]
  /// Rows of the earlier tables.
  let earlierRows: Int
  /// The earlier table's unknown row, and whether the new table has one that goes on from it.
  private(set) var earlierUnknown: Int?
  private(set) var keepsUnknown = false

  private init(_ sources: [Int32], earlierRows: Int) {
    self.sources = sources
    self.earlierRows = earlierRows
  }

  /// Users or items, by identifier.
  init(_ ids: StringColumn, in earlier: StringColumn) {
    let index = StringIndex(earlier)
    self.init((0..<ids.count).map { index.row(of: ids.bytes(ofRow: $0)) ?? -1 }, earlierRows: earlier.count)
  }

  /// The values of a vocabulary that have a row of their own, by their text, and the row of all others. Rows of hashed
  /// values, whose number is the same, are the same.
  init(_ vocabulary: Vocabulary, in earlier: Vocabulary) {
    guard let values = vocabulary.values, let earlierValues = earlier.values else {
      self.init((0..<vocabulary.tableRows).map { Int32($0) }, earlierRows: earlier.tableRows)
      return
    }
    let index = StringIndex(earlierValues, count: earlier.known)
    var sources = (0..<vocabulary.known).map { index.row(of: values.bytes(ofRow: $0)) ?? -1 }
    let unknown = earlier.tableRows > earlier.known ? earlier.known : nil
    let hasUnknown = vocabulary.tableRows > vocabulary.known
    if hasUnknown { sources.append(unknown.map { Int32($0) } ?? -1) }
    self.init(sources, earlierRows: earlier.tableRows)
    earlierUnknown = unknown
    keepsUnknown = hasUnknown && unknown != nil
  }

  /// The intervals of a number between `edges`: an interval goes on from the earlier one that its middle lies in, the
  /// first and the last from the first and the last.
  init(intervals edges: [Double], in earlier: [Double]) {
    let sources = (0...edges.count).map { interval -> Int32 in
      if interval == 0 { return 0 }
      if interval == edges.count { return Int32(earlier.count) }
      let middle = (edges[interval - 1] + edges[interval]) / 2
      return Int32(NumericStep.quantiles(edges: earlier).apply(middle))
    }
    self.init(sources, earlierRows: earlier.count + 1)
  }

  /// What became of the rows of `name`; `trained`: whether the unknown row that is kept was trained.
  func account(_ name: String, trained: Bool) -> Checkpoint.Parent.Rows {
    var isUsed = [Bool](repeating: false, count: earlierRows)
    for source in sources where source >= 0 { isUsed[Int(source)] = true }
    let new = sources.count { $0 < 0 }
    return Checkpoint.Parent.Rows(
      name: name, kept: sources.count - new, new: new, dropped: isUsed.count { !$0 },
      keepsUnknown: keepsUnknown && trained)
  }
}
