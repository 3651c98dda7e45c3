internal import CMPI

extension MPICommunicator {
  package func node() throws -> any Communicator {
    if let madeNode { return madeNode }
    let node = try splitByHost()
    node.whole = self
    madeNode = node
    return node
  }

  /// The ranks on the same host, as a communicator that the caller owns. With `largest`, a host counts as
  /// several hosts of at most so many ranks, so that one machine can play many. Collective.
  package func splitByHost(largest: Int? = nil) throws -> MPICommunicator {
    var split: CommunicatorHandle = lcft_mpi_comm_null()
    try call("MPI_Comm_split_type") {
      MPI_Comm_split_type(
        handle, Int32(MPI_COMM_TYPE_SHARED), Int32(rank), lcft_mpi_info_null(), &split)
    }
    let node = try MPICommunicator(split, .owned, monitor)
    node.hosts = [String](repeating: hosts[rank], count: node.size)
    node.pieceLimit = pieceLimit
    guard let largest else { return node }
    var part: CommunicatorHandle = lcft_mpi_comm_null()
    try node.call("MPI_Comm_split") {
      MPI_Comm_split(node.handle, Int32(node.rank / largest), Int32(node.rank), &part)
    }
    try node.free()
    let some = try MPICommunicator(part, .owned, monitor)
    some.hosts = [String](repeating: hosts[rank], count: some.size)
    return some
  }

  /// Ends what `node` began. Collective.
  func freeNode() throws {
    try madeNode?.free()
    madeNode = nil
  }
}
