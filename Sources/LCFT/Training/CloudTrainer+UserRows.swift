import Dist
import Models

extension CloudTrainer {
  /// Brings every rank's users' rows, and what the optimiser keeps for them, to every rank, so that all hold
  /// the whole model, unless each host has its own users' rows only. Collective.
  package func shareUserRows() throws {
    guard weights.users == nil else { return }
    let start = clock.now()
    defer { clock.end(.shareUsers, since: start) }
    let takes = try takenRanks()
    guard try communicator.allreduce(takes.contains(true) ? 1 : 0, .maximum) == 1 else { return }
    for rank in 0..<communicator.size {
      let users = shards.users(ofShards: map.shards(ofRank: rank))
      for index in model.layout.tables.indices where model.layout.tables[index].space == .user {
        let width = model.layout.tables[index].width
        try share(weights.tables[index], users, width: width, from: rank, takes: takes[rank])
        for slot in state.optimizer.slots.indices {
          try share(
            state.tables[index] + slot * state.tableSizes[index], users, width: width, from: rank,
            takes: takes[rank])
        }
      }
    }
    try node?.barrier()
  }

  /// [ranks] the ranks whose rows this rank has to write: those of all others, or, for the ranks that hold
  /// the tables together with it, those of all other hosts, and by the first of the host alone.
  private func takenRanks() throws -> [Bool] {
    var takes = [Bool](repeating: true, count: communicator.size)
    takes[communicator.rank] = false
    guard let node else { return takes }
    let together = try node.allgather([communicator.rank]).values
    if node.rank > 0 { return takes.map { _ in false } }
    for rank in together { takes[rank] = false }
    return takes
  }

  /// Copies the rows `users` of `table`, of rank `source`, to the ranks that take them.
  private func share(
    _ table: UnsafeMutablePointer<Float>, _ users: Range<Int>, width: Int, from source: Int, takes: Bool
  ) throws {
    let rows = UnsafeMutableBufferPointer(start: table + users.lowerBound * width, count: users.count * width)
    guard !rows.isEmpty else { return }
    if takes || communicator.rank == source { return try communicator.broadcast(rows, from: source) }
    // Another rank of this host has the rows, or takes them, in the table that they share.
    let unused = UnsafeMutableBufferPointer<Float>.allocate(capacity: rows.count)
    defer { unused.deallocate() }
    try communicator.broadcast(unused, from: source)
  }
}
