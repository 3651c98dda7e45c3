/// Which rows of the tables a host has where no host has them all. The other rows take no memory.
package struct HeldRows: Sendable, Equatable {
  /// The users whose rows it has, by row.
  package var users: Range<Int>
  /// What it has of the rows of items and values; nil where it has all.
  package var share: RowShare?

  package init(users: Range<Int>, share: RowShare? = nil) {
    self.users = users
    self.share = share
  }

  /// The rows of a table of `count` rows that stand for `space`; nil where it has all.
  package func rows(of space: RowSpace, count: Int) -> Range<Int>? {
    space == .user ? users : share?.rows(of: count)
  }
}

/// A part of the rows of a table of items or values. Such rows belong to virtual shards, as users do: of `count` rows
/// shard s of V has the rows count s / V ..< count (s + 1) / V.
package struct RowShare: Sendable, Equatable {
  /// Consecutive shards.
  package var shards: Range<Int>
  /// V
  package var total: Int

  package init(shards: Range<Int>, of total: Int) {
    precondition(shards.lowerBound >= 0 && shards.upperBound <= total, "the shards are some of all")
    self.shards = shards
    self.total = total
  }

  package func rows(of count: Int) -> Range<Int> {
    count * shards.lowerBound / total..<count * shards.upperBound / total
  }
}
