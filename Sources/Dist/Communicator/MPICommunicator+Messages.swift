internal import CMPI
import Support

extension MPICommunicator {
  package func send<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      var request = lcft_mpi_request_null()
      try call("MPI_Isend", sent: Int(length) * stride) {
        let code = MPI_Isend(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, &request)
        return code == MPI_SUCCESS ? awaitSend(&request) : code
      }
    }
  }

  /// As `MPI_Wait`, but takes in signs of life meanwhile: the receiver may have much to write before it comes to this
  /// message.
  private func awaitSend(_ request: inout RequestHandle) -> Int32 {
    var done: Int32 = 0
    var last = steadySeconds()
    while true {
      var status = MPI_Status()
      let code = MPI_Test(&request, &done, &status)
      if code != MPI_SUCCESS || done != 0 { return code }
      if steadySeconds() - last > 1 {
        last = steadySeconds()
        // What is wrong with them is wrong with this message as well.
        try? signs?.take()
      }
      sched_yield()
    }
  }

  package func receive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeMutableRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      var status = MPI_Status()
      try call("MPI_Recv", received: Int(length) * stride) {
        MPI_Recv(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, &status)
      }
      let received = bytes(of: &status)
      guard received == Int(length) * stride else {
        throw DistError.messageLength(
          expected: Int(length) * stride, received: received, source: rank, tag: tag)
      }
    }
  }

  package func sendReceive<Element: MPIElement>(
    _ outgoing: UnsafeBufferPointer<Element>, to destination: Int,
    _ incoming: UnsafeMutableBufferPointer<Element>, from source: Int, tag: Int
  ) throws {
    try startReceive(incoming, from: source, tag: tag, ownRequests)
    try startSend(outgoing, to: destination, tag: tag, ownRequests)
    try finish(ownRequests)
  }

  package func probe(tag: Int) throws -> Envelope? {
    checkTag(tag)
    var arrived: Int32 = 0
    var status = MPI_Status()
    try call("MPI_Iprobe", waits: false) {
      MPI_Iprobe(MPI_ANY_SOURCE, Int32(tag), handle, &arrived, &status)
    }
    guard arrived != 0 else { return nil }
    monitor.advance()
    return Envelope(source: Int(status.MPI_SOURCE), tag: tag, bytes: bytes(of: &status))
  }

  package func whileWaiting<Value>(_ body: () throws -> Value) rethrows -> Value {
    let outer = monitor.enter("a wait for the others' results")
    defer { monitor.leave(to: outer) }
    return try body()
  }

  /// The length of a message that has arrived, also beyond 2^31 - 1.
  func bytes(of status: inout MPI_Status) -> Int {
    var count: MPI_Count = 0
    return MPI_Get_elements_x(&status, lcft_mpi_byte(), &count) == MPI_SUCCESS ? Int(count) : -1
  }

  func checkTag(_ tag: Int) {
    precondition((0...Tag.last).contains(tag), "a message tag is 0...\(Tag.last)")
  }
}
