internal import CMPI

extension MPICommunicator {
  public func withNode<Value>(_ body: (any Communicator) throws -> Value) throws -> Value {
    var split: MPI_Comm? = lcft_mpi_comm_null()
    try call("MPI_Comm_split_type") {
      MPI_Comm_split_type(
        handle, Int32(MPI_COMM_TYPE_SHARED), Int32(rank), lcft_mpi_info_null(), &split)
    }
    guard let split else { preconditionFailure("MPI_Comm_split_type left no communicator") }
    let node = try MPICommunicator(split, .owned, monitor)
    node.hosts = [String](repeating: hosts[rank], count: node.size)
    node.pieceLimit = pieceLimit
    // Freeing is collective: where `body` throws, other ranks may be elsewhere, and the run ends anyway.
    let value = try body(node)
    try node.free()
    return value
  }
}
