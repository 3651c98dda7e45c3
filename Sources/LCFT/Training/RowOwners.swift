import Dist
import IO
import Models
import Support

/// Which rows each host has where no host has them all: those of its ranks' virtual shards. Of users these are whole
/// blocks, of the tables of items and values equal parts, where those are shared out as well.
package struct RowOwners: Sendable {
  package let map: ShardMap
  /// [hosts] what each has.
  package let held: [HeldRows]

  /// For the job's virtual shards of `dataset`, whose offsets have been read. `sharesTables`: whether tables of items and
  /// values are shared out too.
  package init(_ job: Job, of dataset: Dataset, on layout: HostLayout, sharesTables: Bool = false) throws {
    let map = try ShardMap(shards: job.training.virtualShards, layout: layout)
    self.init(map, UserShards(dataset: dataset, shards: map.shards), sharesTables: sharesTables)
  }

  /// For `shards` that `map` gives to the ranks.
  init(_ map: ShardMap, _ shards: UserShards, sharesTables: Bool = false) {
    self.map = map
    held = map.layout.ranks.indices.map { host in
      let own = map.shards(ofHost: host)
      return HeldRows(
        users: shards.users(ofShards: own), share: sharesTables ? RowShare(shards: own, of: map.shards) : nil)
    }
  }

  package var layout: HostLayout { map.layout }

  /// [hosts] their users, by row.
  package var users: [Range<Int>] { held.map(\.users) }

  /// What the host of `rank` has.
  package func held(byHostOf rank: Int) -> HeldRows { held[layout.hosts[rank]] }

  /// Whether the rows of `tensor` are shared out, so that no host has them all.
  package func shares(_ tensor: StoredTensor) -> Bool {
    guard let space = tensor.space else { return false }
    return held.contains { $0.rows(of: space, count: tensor.shape[0]) != nil }
  }

  /// Calls `body` with the first rank of each host that has some of the rows `rows` of `tensor`, which are shared out, and
  /// with those rows, in their order.
  package func forEachHost(
    of rows: Range<Int>, _ tensor: StoredTensor, _ body: (Int, Range<Int>) throws -> Void
  ) rethrows {
    guard let space = tensor.space else { return }
    for (host, held) in held.enumerated() {
      guard let own = held.rows(of: space, count: tensor.shape[0]) else { continue }
      let part = rows.clamped(to: own)
      if !part.isEmpty { try body(layout.ranks[host][0], part) }
    }
  }

  /// The host that has `user`.
  package func host(ofUser user: Int) -> Int {
    // Hosts without a shard's worth of blocks have no users.
    bisect(held.count) { held[$0].users.upperBound > user }
  }
}
