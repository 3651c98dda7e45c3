import HDF5

/// The users of a data set cut into blocks of equally many, in the order of their rows; the last block may have
/// fewer. A block is the unit of what a host reads, checks and holds, and virtual shards are runs of whole blocks.
package struct UserBlocks: Sendable, Equatable, Codable {
  /// Users of all blocks.
  package let users: Int
  /// Users of one block, a power of two.
  package let size: Int

  /// The most users of a block, and the number of blocks that a large data set has at least: enough that any
  /// number of shards up to a few hundred gets nearly equal parts of whole blocks.
  package static let largestSize = 4096
  package static let wantedCount = 1024

  package init(users: Int, size: Int) {
    precondition(users >= 0 && size > 0 && size & (size - 1) == 0, "blocks have a power of two of users")
    self.users = users
    self.size = size
  }

  /// Blocks of the largest size with which there are `wantedCount` of them, at least 1 and at most `largestSize`
  /// users.
  package init(users: Int) {
    var size = 1
    while size < UserBlocks.largestSize, users / (2 * size) >= UserBlocks.wantedCount { size *= 2 }
    self.init(users: users, size: size)
  }

  package var count: Int { (users + size - 1) / size }

  /// The users of a block, by row.
  package func users(ofBlock block: Int) -> Range<Int> { users(ofBlocks: block..<block + 1) }

  /// The users of consecutive blocks, by row.
  package func users(ofBlocks blocks: Range<Int>) -> Range<Int> {
    min(blocks.lowerBound * size, users)..<min(blocks.upperBound * size, users)
  }
}

extension UserBlocks {
  /// The root attribute of a data set that holds `size`.
  static let attribute = "block_users"

  /// The blocks of the `users` users of a data set with the root group `root`: as it states them, or else by the
  /// rule. Throws `HDF5Error.invalidAttribute`.
  init(_ root: borrowing HDF5.Group, users: Int) throws {
    guard let size = try root.attribute(UserBlocks.attribute, as: Int64.self) else {
      self.init(users: users)
      return
    }
    guard size > 0, size <= 1 << 20, size & (size - 1) == 0 else {
      throw HDF5Error.invalidAttribute(
        root.location, name: UserBlocks.attribute, value: "\(size)",
        allowed: "a power of two, at most \(1 << 20)")
    }
    self.init(users: users, size: Int(size))
  }
}
