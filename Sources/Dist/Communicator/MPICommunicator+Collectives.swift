internal import CMPI
import Support

extension MPICommunicator {
  package func barrier() throws {
    try call("MPI_Barrier") { MPI_Barrier(handle) }
  }

  package func longBarrier(meanwhile: () throws -> Bool) throws {
    var request = lcft_mpi_request_null()
    var failure: (any Error)?
    var worked = 0.0
    try call("MPI_Ibarrier") {
      var code = MPI_Ibarrier(handle, &request)
      var start = steadySeconds()
      var done: Int32 = 0
      while code == MPI_SUCCESS {
        var status = MPI_Status()
        code = MPI_Test(&request, &done, &status)
        if done != 0 { break }
        // An error ends the run: nobody waits for the rest of the barrier.
        do {
          let before = steadySeconds()
          if try meanwhile() {
            worked += steadySeconds() - before
            monitor.advance()
            start = steadySeconds()
            continue
          }
          try giveWay(since: start)
        } catch {
          failure = error
          break
        }
      }
      return code
    }
    count(seconds: -worked)
    if let failure { throw failure }
  }

  package func longFinish(_ requests: Requests) throws {
    try whileWaiting {
      let start = steadySeconds()
      while try !poll(requests) { try giveWay(since: start) }
    }
  }

  /// Takes in signs of life in a wait that began at `start`, and leaves the core to others.
  private func giveWay(since start: Double) throws {
    let waited = steadySeconds() - start
    if waited > 0.1 { try signs?.take() }
    // As long as half of a scheduler's turn the rank only lets others go first: most waits are shorter.
    if waited > 0.001 { usleep(waited > 0.1 ? 1000 : 50) } else { sched_yield() }
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
