import Support

/// What an import would read and take, as the options and the first rows of its files say: for `--dry-run`.
package struct ImportOutlook: Sendable {
  package struct File: Sendable {
    package var path: String
    /// On disk; nil for a pipe.
    package var bytes: Int?
    /// The columns, what was guessed, and the rows that were looked at.
    package var account: RowAccount
  }

  package var files: [File] = []
  /// What is made of the files, one line for each part.
  package var work: [String] = []
  /// Rows that the log may have.
  package var rows = 0
  /// Samples, with the negatives that are drawn.
  package var samples = 0
  package var users = 0
  package var items = 0
  /// Bytes of a row of the log, a user and an item beside the columns that all data sets have.
  package var featureBytes = (ofRow: 0, ofUser: 0, ofItem: 0)

  /// What the program takes by itself, as measured.
  private static let program = 42_000_000

  package init() {}

  /// The most that the import will hold in memory: rows as they are read and as they are sorted, samples, and the tables of
  /// identifiers, each with what their growth leaves; as measured, over rather than under.
  package var memoryBytes: Int {
    ImportOutlook.program + (40 + 2 * featureBytes.ofRow) * rows + 22 * samples
      + (64 + featureBytes.ofUser) * users + (64 + featureBytes.ofItem) * items
  }

  /// What the data set will take on disk: its columns deflate to a third or less, identifiers hardly.
  package var diskBytes: Int {
    (5 + featureBytes.ofRow / 2) * rows + 4 * samples + (8 + featureBytes.ofUser / 2) * users
      + (8 + featureBytes.ofItem / 2) * items
  }
}

/// How the number of different identifiers grows with the rows that have them, d(n) = c n^b (Heaps' law), by its values at
/// a number of rows and at about half of it.
struct DistinctGrowth {
  var half = (rows: 0, distinct: 0)
  var whole = (rows: 0, distinct: 0)

  /// The number among so many `rows`.
  func distinct(among rows: Int) -> Int {
    guard whole.rows > 0, rows > whole.rows else { return whole.distinct }
    var exponent = 1.0
    if half.distinct > 0, half.rows < whole.rows {
      let grown = Double(whole.distinct) / Double(half.distinct)
      exponent = min(max(log(grown) / log(Double(whole.rows) / Double(half.rows)), 0), 1)
    }
    return Int(Double(whole.distinct) * pow(Double(rows) / Double(whole.rows), exponent))
  }
}
