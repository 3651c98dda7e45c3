/// How `ShardTree` is divided among ranks and hosts. A rank sums the largest nodes that lie wholly in its block, its
/// *partials*; a host joins the partials of its ranks up to the largest nodes that lie wholly within the host; the tree
/// above those joins all hosts.
package struct SumPlan {
  /// Within this rank: the leaves are its shards, the roots its partials.
  package private(set) var inner = ShardTree.Forest()
  /// Within this rank's host: the leaves are its ranks' partials in shard order, the roots the host's.
  package private(set) var group = ShardTree.Forest()
  /// Above: the leaves are all hosts' partials in shard order, and the one root is the sum.
  package private(set) var outer = ShardTree.Forest()
  /// The leaves of `group` of the host's rank at `index` are rankStarts[index] ..< rankStarts[index + 1].
  private(set) var rankStarts: [Int]
  /// The leaves of `outer` of a host are hostStarts[host] ..< hostStarts[host + 1].
  private(set) var hostStarts: [Int]
  /// Partials of the ranks of each host.
  private var rankPartials: [Int]
  let ownedShards: Int
  private let map: ShardMap
  private let rank: Int

  package init(map: ShardMap, rank: Int) {
    self.map = map
    self.rank = rank
    let layout = map.layout
    rankStarts = [Int](repeating: 0, count: layout.ranks[layout.hosts[rank]].count + 1)
    hostStarts = [Int](repeating: 0, count: layout.count + 1)
    rankPartials = [Int](repeating: 0, count: layout.count)
    ownedShards = map.shards(ofRank: rank).count
    _ = joinHosts(0..<map.shards, depth: 0)
    outer.roots = [(slot: 0, depth: 0)]
    for next in 1..<hostStarts.count { hostStarts[next] += hostStarts[next - 1] }
    for next in 1..<rankStarts.count { rankStarts[next] += rankStarts[next - 1] }
  }

  /// The leaves of `outer` that are a host's.
  package func partials(ofHost host: Int) -> Range<Int> { hostStarts[host]..<hostStarts[host + 1] }
  /// The leaves of `group` that are those of the host's rank at `index`.
  package func partials(atIndex index: Int) -> Range<Int> { rankStarts[index]..<rankStarts[index + 1] }

  /// Whether vectors of `bytes` are short: bound by latency, not by bandwidth. The same on every rank.
  func isShort(bytes: Int, limit: Int) -> Bool {
    max(rankPartials.max() ?? 0, outer.leafDepths.count) * bytes <= limit
  }

  /// Walks the nodes that hosts share; returns the node's slot in `outer`.
  private mutating func joinHosts(_ node: Range<Int>, depth: Int) -> Int {
    let host = map.layout.hosts[map.owner(ofShard: node.lowerBound)]
    if host == map.layout.hosts[map.owner(ofShard: node.upperBound - 1)] {
      hostStarts[host + 1] += 1
      outer.leafDepths.append(depth)
      let isOwn = host == map.layout.hosts[rank]
      let slot = joinRanks(node, depth: depth, of: host, isOwn: isOwn)
      if isOwn { group.roots.append((slot: slot, depth: depth)) }
      return outer.leafDepths.count - 1
    }
    let middle = ShardTree.middle(of: node)
    let left = joinHosts(node.lowerBound..<middle, depth: depth + 1)
    let right = joinHosts(middle..<node.upperBound, depth: depth + 1)
    outer.additions.append(ShardTree.Addition(left: left, right: right, depth: depth))
    return left
  }

  /// Walks a node that the ranks of a host share; returns its slot in `group` where the host is this rank's.
  private mutating func joinRanks(_ node: Range<Int>, depth: Int, of host: Int, isOwn: Bool) -> Int {
    let owner = map.owner(ofShard: node.lowerBound)
    if owner == map.owner(ofShard: node.upperBound - 1) {
      rankPartials[host] += 1
      guard isOwn else { return 0 }
      if owner == rank { inner.roots.append((slot: sum(node, depth: depth), depth: depth)) }
      rankStarts[(map.layout.ranks[host].firstIndex(of: owner) ?? 0) + 1] += 1
      group.leafDepths.append(depth)
      return group.leafDepths.count - 1
    }
    let middle = ShardTree.middle(of: node)
    let left = joinRanks(node.lowerBound..<middle, depth: depth + 1, of: host, isOwn: isOwn)
    let right = joinRanks(middle..<node.upperBound, depth: depth + 1, of: host, isOwn: isOwn)
    if isOwn { group.additions.append(ShardTree.Addition(left: left, right: right, depth: depth)) }
    return left
  }

  /// Walks a node that this rank owns; returns its slot in `inner`.
  private mutating func sum(_ node: Range<Int>, depth: Int) -> Int {
    if node.count == 1 {
      inner.leafDepths.append(depth)
      return node.lowerBound - map.shards(ofRank: rank).lowerBound
    }
    let middle = ShardTree.middle(of: node)
    let left = sum(node.lowerBound..<middle, depth: depth + 1)
    let right = sum(middle..<node.upperBound, depth: depth + 1)
    inner.additions.append(ShardTree.Addition(left: left, right: right, depth: depth))
    return left
  }
}
