/// Which ranks are on which host. Hosts are numbered in the order of their first ranks.
///
/// A host is a set of ranks that share memory: a rank that shares with no other counts as a host by itself.
package struct HostLayout: Sendable, Equatable {
  /// [hosts] the ranks of each, ascending.
  package let ranks: [[Int]]
  /// [ranks] the host of each.
  package let hosts: [Int]
  /// [ranks] the place of each where the ranks are lined up host by host, and the rank at each place.
  package let places: [Int]
  package let order: [Int]

  /// `leaders` is [ranks]: the first rank of each rank's host.
  package init(leaders: [Int]) {
    var numbers: [Int: Int] = [:]
    var ranks: [[Int]] = []
    for (rank, leader) in leaders.enumerated() {
      if let host = numbers[leader] {
        ranks[host].append(rank)
      } else {
        numbers[leader] = ranks.count
        ranks.append([rank])
      }
    }
    self.ranks = ranks
    hosts = leaders.map { numbers[$0] ?? 0 }
    order = ranks.flatMap { $0 }
    var places = [Int](repeating: 0, count: leaders.count)
    for (place, rank) in order.enumerated() { places[rank] = place }
    self.places = places
  }

  /// Of `communicator`, where `node` are the ranks that share memory with this one; nil where it shares with nobody.
  /// Collective.
  package init(_ communicator: any Communicator, node: (any Communicator)?) throws {
    let leader = try node?.allreduce(communicator.rank, .minimum) ?? communicator.rank
    self.init(leaders: try communicator.allgather([leader]).values)
  }

  /// As many ranks on every host, or one more on some, of which the first is one, in rank order.
  package init(hosts: Int, ranks: Int) {
    precondition(0 < hosts && hosts <= ranks, "every host has a rank")
    self.init(leaders: (0..<ranks).map { (($0 * hosts) / ranks * ranks + hosts - 1) / hosts })
  }

  /// Every rank by itself.
  package init(ranks: Int) { self.init(leaders: Array(0..<ranks)) }

  package var count: Int { ranks.count }

  /// The rank of `host` that speaks to `other`. A host's ranks take the other hosts in turns, so that all of them
  /// send and receive.
  package func speaker(of host: Int, to other: Int) -> Int {
    let distance = (other - host + count) % count
    return ranks[host][(distance - 1) % ranks[host].count]
  }
}
