extension Communicator {
  /// `rank 3`, or `rank 3 (node2)` where the ranks are on several hosts.
  package func name(of rank: Int) -> String {
    guard hosts.indices.contains(rank), hosts.contains(where: { $0 != hosts[0] }) else {
      return "rank \(rank)"
    }
    return "rank \(rank) (\(hosts[rank]))"
  }

  /// The first rank whose `text` is not rank 0's, and how many others differ; nil where all agree.
  /// Collective.
  package func difference(in text: String) throws -> (rank: Int, others: Int)? {
    let isOther = text != (try broadcast(text, from: 0))
    let first = try allreduce(isOther ? rank : size, .minimum)
    let count = try allreduce(isOther ? 1 : 0, .sum)
    return count == 0 ? nil : (first, count - 1)
  }
}
