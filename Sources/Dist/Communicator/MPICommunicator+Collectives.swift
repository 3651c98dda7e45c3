internal import CMPI

extension MPICommunicator {
  package func barrier() throws {
    try call("MPI_Barrier") { MPI_Barrier(handle) }
  }

  package func broadcast<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from root: Int
  ) throws {
    try checkRank(root)
    let base = UnsafeMutableRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      let bytes = Int(length) * stride
      try call("MPI_Bcast", sent: rank == root ? bytes : 0, received: rank == root ? 0 : bytes) {
        MPI_Bcast(base.map { $0 + offset * stride }, length, datatype, Int32(root), handle)
      }
    }
  }

  package func allreduce<Element: MPIReducible>(
    _ buffer: UnsafeMutableBufferPointer<Element>, _ reduction: Reduction
  ) throws {
    let base = UnsafeMutableRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    let operation = reduction.operation
    try forEachPiece(of: buffer.count) { offset, length in
      let bytes = Int(length) * stride
      try call("MPI_Allreduce", sent: bytes, received: bytes) {
        MPI_Allreduce(
          lcft_mpi_in_place(), base.map { $0 + offset * stride }, length, datatype, operation, handle)
      }
    }
  }
}
