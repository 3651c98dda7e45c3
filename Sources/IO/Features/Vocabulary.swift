import Support

/// The values of one or several categorical features, numbered by row: `/vocabularies/NAME`.
package struct Vocabulary: Sendable, Codable {
  package var name: String
  package var content: Content
  /// Occurrences in the training part, by value, or by row where hashed: training samples that have it, through their
  /// user, their candidate or themselves; of an event's feature, events before one of their user's training samples.
  package var counts: Column<Int64>

  package enum Content: Sendable, Codable {
    /// The values that are known come first, and each has a row of its own; all others share the last row.
    case values(StringColumn, known: Int, minimumCount: Int)
    /// Values are not kept: the row of one is `KeyedRandom.key(value)` modulo the number of rows. `distinct` counts
    /// the different values that met in each row.
    case hashed(distinct: Column<Int64>)
  }

  package init(_ name: String, _ content: Content, counts: Column<Int64>) {
    self.name = name
    self.content = content
    self.counts = counts
  }

  /// How many rows the columns of features may name.
  package var count: Int {
    switch content {
    case .values(let values, _, _): values.count
    case .hashed(let distinct): distinct.count
    }
  }

  /// Values with a row of their own in a table.
  package var known: Int {
    switch content {
    case .values(_, let known, _): known
    case .hashed(let distinct): distinct.count
    }
  }

  /// Rows of a table over the vocabulary: the known values', and one for all others where there are any.
  package var tableRows: Int { known < count ? known + 1 : known }

  /// The rows of `values`, given as text; nil where the values were hashed.
  package var values: StringColumn? {
    if case .values(let values, _, _) = content { values } else { nil }
  }

  /// Of hashed values: how many different ones there were, and how many of them share their row with another.
  package var collisions: (distinct: Int, colliding: Int)? {
    guard case .hashed(let distinct) = content else { return nil }
    var (all, colliding) = (0, 0)
    // Sums of a damaged file, which is refused later, may be any.
    for count in distinct.values {
      all &+= Int(count)
      if count > 1 { colliding &+= Int(count) }
    }
    return (all, colliding)
  }
}
