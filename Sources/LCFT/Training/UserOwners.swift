import Dist
import IO
import Support

/// Which users' rows each host has where no host has them all: those of its ranks' virtual shards, which are whole
/// blocks.
package struct UserOwners: Sendable {
  package let layout: HostLayout
  /// [hosts] their users, by row.
  package let users: [Range<Int>]

  /// For the job's virtual shards of `dataset`, whose offsets have been read.
  package init(_ job: Job, of dataset: Dataset, on layout: HostLayout) throws {
    let map = try ShardMap(shards: job.training.virtualShards, layout: layout)
    self.init(map, UserShards(dataset: dataset, shards: map.shards), on: layout)
  }

  /// For `shards` that `map` gives to the ranks.
  init(_ map: ShardMap, _ shards: UserShards, on layout: HostLayout) {
    self.layout = layout
    users = layout.ranks.map { ranks in
      let owned = ranks.map(map.shards(ofRank:))
      let (first, end) = (owned.map(\.lowerBound).min() ?? 0, owned.map(\.upperBound).max() ?? 0)
      return shards.users(ofShards: first..<end)
    }
  }

  /// The users of the host of `rank`.
  package func users(ofHostOf rank: Int) -> Range<Int> { users[layout.hosts[rank]] }

  /// Calls `body` with the first rank of each host that has some of `rows` of a table of users, and with those rows.
  package func forEachHost(of rows: Range<Int>, _ body: (Int, Range<Int>) throws -> Void) rethrows {
    for (host, users) in users.enumerated() {
      let part = rows.clamped(to: users)
      if !part.isEmpty { try body(layout.ranks[host][0], part) }
    }
  }

  /// The host that has `user`.
  package func host(ofUser user: Int) -> Int {
    // Hosts without a shard's worth of blocks have no users.
    bisect(users.count) { users[$0].upperBound > user }
  }
}
