import Models

/// The tables of items and of features' values, those of one row space taken together.
///
/// What a step touches of a row space it touches of all of its tables: an embedding, a first-order weight, one per history.
/// So their gradients are summed as those of one table, as wide as all of them, whose rows are joined, counted and sent
/// once, and rows that another host has are asked for once. Every element keeps its place in the additions.
struct JointTables: Sendable {
  /// The tables of one row space.
  struct Joint: Sendable {
    let space: RowSpace
    let rows: Int
    /// Places in `ModelLayout.tables`, and for each where its columns begin and how many there are.
    private(set) var tables: [(index: Int, columns: Range<Int>)] = []
    private(set) var width = 0

    init(_ space: RowSpace, rows: Int) {
      self.space = space
      self.rows = rows
    }

    mutating func append(_ index: Int, width own: Int) {
      tables.append((index, width..<width + own))
      width += own
    }
  }

  private(set) var all: [Joint] = []
  /// By place in `ModelLayout.tables`: which of `all`, and where the table's columns begin; nil for tables of users.
  private(set) var places: [(joint: Int, column: Int)?]

  /// Of a model's `weights`.
  init(_ weights: Weights) {
    let tables = weights.layout.tables
    places = tables.map { _ in nil }
    for (index, table) in tables.enumerated() where table.space != .user {
      let joint = all.firstIndex { $0.space == table.space } ?? all.count
      if joint == all.count { all.append(Joint(table.space, rows: weights.rows(ofTable: index))) }
      places[index] = (joint, all[joint].width)
      all[joint].append(index, width: table.width)
    }
  }

  /// Rows, and elements of a row.
  var shapes: [(rows: Int, width: Int)] { all.map { ($0.rows, $0.width) } }
}
