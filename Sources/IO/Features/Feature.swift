import Support

/// What a feature belongs to: which rows its columns have, and what models do with it.
package enum FeatureOwner: String, CaseIterable, Sendable, Codable {
  /// One row per user: a field of its own beside the user's.
  case users
  /// One row per item: part of the encoded item, as the candidate and as an entry of a history.
  case items
  /// One row per training and test sample: the context in which the candidate is shown.
  case samples
  /// One row per event: joins the history's entry. It is known afterwards, so it is never seen of a candidate.
  case events

  /// The groups below `/features/OWNER/NAME` that hold columns: two for samples; the group itself otherwise.
  package var parts: [String] { self == .samples ? ["train", "test"] : [""] }
}

/// One feature of users, items, samples or events: `/features/OWNER/NAME` of a data set.
package struct Feature: Sendable, Codable {
  package var name: String
  /// In words, for readers of the file.
  package var description: String
  /// File and column that it came from, or what it was derived from.
  package var source: String
  package var kind: Kind
  /// Of a number with `quantiles`: the intervals that were asked for, of which there are fewer where values repeat. Nil
  /// in files that do not say it.
  package var intervals: Int?
  /// In the order of `FeatureOwner.parts`: of a sample feature training and test, of others one.
  package var columns: [FeatureColumn]

  package enum Kind: Sendable, Equatable, Codable {
    /// Rows of the vocabulary of this name, embedded in the table of this name. Features may share both.
    case categorical(vocabulary: String, table: String)
    /// A number per row. It is stored as the source has it; readers apply the steps in turn.
    case numeric(steps: [NumericStep])
    /// As many numbers per row as the width says.
    case vector(width: Int)
  }

  package init(
    _ name: String, _ kind: Kind, _ columns: [FeatureColumn], description: String, source: String
  ) {
    self.name = name
    self.kind = kind
    self.columns = columns
    self.description = description
    self.source = source
  }

  /// The column of a feature that has one: of users, items or events.
  package var column: FeatureColumn {
    precondition(columns.count == 1, "a sample feature has a training and a test part")
    return columns[0]
  }

  /// The vocabulary and the table of a categorical feature.
  package var categorical: (vocabulary: String, table: String)? {
    if case .categorical(let vocabulary, let table) = kind { (vocabulary, table) } else { nil }
  }

  /// Whether a row has any number of values.
  package var isList: Bool { if case .lists? = columns.first { true } else { false } }

  /// How many intervals `quantiles` makes in another training part; nil for a feature without that step.
  package var intendedIntervals: Int? {
    guard case .numeric(let steps) = kind, let made = steps.categories else { return nil }
    return intervals ?? made
  }

  /// What is asked to be done to the numbers, in words: `log`, `quantiles(10)`.
  package var intendedStepNames: [String] {
    guard case .numeric(let steps) = kind else { return [] }
    return steps.map { step in
      guard case .quantiles(let edges) = step else { return step.name }
      return "quantiles(\(intervals ?? edges.count + 1))"
    }
  }

  /// The same with what has become of it: `quantiles(10) in 4 intervals as values repeat`.
  package var stepNames: [String] {
    guard case .numeric(let steps) = kind else { return [] }
    return zip(steps, intendedStepNames).map { step, name in
      guard case .quantiles(let edges) = step, let intervals, edges.count + 1 < intervals else { return name }
      return name + " in \(counted(edges.count + 1, "interval")) as values repeat"
    }
  }

  /// Numbers per row of a vector feature.
  package var vectorWidth: Int? { if case .vector(let width) = kind { width } else { nil } }
}

/// The values of a feature, one row per row of its owner.
package enum FeatureColumn: Sendable, Codable {
  /// A row of the vocabulary each; -1 where the value is missing.
  case values(Column<Int32>)
  /// Any number of rows of the vocabulary each: row r's are `values[offsets[r] ..< offsets[r + 1]]`.
  case lists(offsets: Column<Int64>, values: Column<Int32>)
  /// [rows x width] numbers, width 1 for a numeric feature. `missing` is 1 where the source has none; nil where it
  /// always has one.
  case numbers(Column<Float>, missing: Column<UInt8>?)

  /// The rows of the vocabulary that row `row` has: none where it is missing.
  @inline(__always)
  package func values(ofRow row: Int) -> UnsafeBufferPointer<Int32> {
    switch self {
    case .values(let column):
      UnsafeBufferPointer(start: column.pointer + row, count: column[row] < 0 ? 0 : 1)
    case .lists(let offsets, let values):
      UnsafeBufferPointer(
        start: values.pointer + Int(offsets[row]), count: Int(offsets[row + 1] - offsets[row]))
    case .numbers: preconditionFailure("a categorical feature")
    }
  }

  /// How many rows there are, each of `width` numbers where it has numbers.
  package func count(width: Int = 1) -> Int {
    switch self {
    case .values(let values): values.count
    case .lists(let offsets, _): offsets.count - 1
    case .numbers(let numbers, _): numbers.count / max(width, 1)
    }
  }

  /// Whether the source has no value for row `row`.
  package func isMissing(_ row: Int) -> Bool {
    switch self {
    case .values, .lists: values(ofRow: row).isEmpty
    case .numbers(_, let missing): missing.map { $0[row] != 0 } ?? false
    }
  }
}
