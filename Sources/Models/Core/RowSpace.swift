/// What the rows of an embedding table stand for. Tables of one row space are cut down to the same rows.
package enum RowSpace: Hashable, Sendable {
  /// The users of the data set.
  case user
  /// Its items.
  case item
  /// The values of the table of features at this place of `ModelFeatures.tables`.
  case values(Int)

  /// Its place among the row spaces of a model: users, items, then the tables of features.
  package var index: Int {
    switch self {
    case .user: 0
    case .item: 1
    case .values(let table): 2 + table
    }
  }
}
