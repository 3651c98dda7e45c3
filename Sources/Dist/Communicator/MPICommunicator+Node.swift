internal import CMPI

extension MPICommunicator {
  package func node() throws -> any Communicator {
    if let madeNode { return madeNode }
    let node = try splitByHost()
    node.whole = self
    madeNode = node
    return node
  }

  /// The ranks on the same host, as a communicator that the caller owns. With `part`, the ranks of a host for which it
  /// gives different numbers count as those of different hosts, so that one machine can play many. Collective.
  package func splitByHost(part: ((Int) -> Int)? = nil) throws -> MPICommunicator {
    var split: CommunicatorHandle = lcft_mpi_comm_null()
    try call("MPI_Comm_split_type") {
      MPI_Comm_split_type(
        handle, Int32(MPI_COMM_TYPE_SHARED), Int32(rank), lcft_mpi_info_null(), &split)
    }
    let node = try MPICommunicator(split, .owned, monitor)
    node.hosts = [String](repeating: hosts[rank], count: node.size)
    node.pieceLimit = pieceLimit
    node.signs = signs
    guard let part else { return node }
    var some: CommunicatorHandle = lcft_mpi_comm_null()
    try node.call("MPI_Comm_split") {
      MPI_Comm_split(node.handle, Int32(part(node.rank)), Int32(node.rank), &some)
    }
    try node.free()
    let others = try MPICommunicator(some, .owned, monitor)
    others.signs = signs
    others.hosts = [String](repeating: hosts[rank], count: others.size)
    return others
  }

  /// Ends what `node` began. Collective.
  func freeNode() throws {
    try madeNode?.free()
    madeNode = nil
  }
}
