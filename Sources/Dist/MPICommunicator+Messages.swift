internal import CMPI

extension MPICommunicator {
  public func send<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      try call("MPI_Send", sent: Int(length) * stride) {
        MPI_Send(base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle)
      }
    }
  }

  public func receive<Element: MPIElement>(
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
      let received = try bytes(of: &status)
      guard received == Int(length) * stride else {
        throw DistError.messageLength(
          expected: buffer.count, received: offset + received / stride, source: rank, tag: tag)
      }
    }
  }

  public func sendReceive<Element: MPIElement>(
    _ outgoing: UnsafeBufferPointer<Element>, to destination: Int,
    _ incoming: UnsafeMutableBufferPointer<Element>, from source: Int, tag: Int
  ) throws {
    try startReceive(incoming, from: source, tag: tag, ownRequests)
    try startSend(outgoing, to: destination, tag: tag, ownRequests)
    try finish(ownRequests)
  }

  public func probe(tag: Int) throws -> Envelope? {
    checkTag(tag)
    var arrived: Int32 = 0
    var status = MPI_Status()
    try call("MPI_Iprobe") { MPI_Iprobe(MPI_ANY_SOURCE, Int32(tag), handle, &arrived, &status) }
    guard arrived != 0 else { return nil }
    return Envelope(source: Int(status.MPI_SOURCE), tag: tag, bytes: try bytes(of: &status))
  }

  public func startSend<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int, _ requests: Requests
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      let request = requests.next()
      try call("MPI_Isend", sent: Int(length) * stride) {
        MPI_Isend(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, request)
      }
      requests.add()
    }
  }

  public func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int, _ requests: Requests
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeMutableRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      let request = requests.next()
      try call("MPI_Irecv", received: Int(length) * stride) {
        MPI_Irecv(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, request)
      }
      requests.add()
    }
  }

  public func finish(_ requests: Requests) throws {
    guard requests.count > 0 else { return }
    defer { requests.removeAll() }
    try ending(requests) {
      try call("MPI_Waitall") { MPI_Waitall(Int32(requests.count), requests.handles, requests.statuses) }
    }
  }

  public func poll(_ requests: Requests) throws -> Bool {
    guard requests.count > 0 else { return true }
    var done: Int32 = 0
    try ending(requests) {
      try call("MPI_Testall") {
        MPI_Testall(Int32(requests.count), requests.handles, &done, requests.statuses)
      }
    }
    if done != 0 { requests.removeAll() }
    return done != 0
  }

  /// `MPI_ERR_IN_STATUS` only says that some request failed: its own status says why.
  private func ending(_ requests: Requests, _ body: () throws -> Void) throws {
    for index in 0..<requests.count { requests.statuses[index].MPI_ERROR = MPI_SUCCESS }
    do { try body() } catch {
      for index in 0..<requests.count {
        let code = requests.statuses[index].MPI_ERROR
        if code != MPI_SUCCESS && code != MPI_ERR_PENDING {
          throw mpiError(code, "a message under way", rank: rank)
        }
      }
      throw error
    }
  }

  private func bytes(of status: inout MPI_Status) throws -> Int {
    var count: MPI_Count = 0
    try check(MPI_Get_elements_x(&status, lcft_mpi_byte(), &count), "MPI_Get_elements_x", rank: rank)
    return Int(count)
  }

  private func checkTag(_ tag: Int) {
    precondition((0...Tag.last).contains(tag), "a message tag is 0...\(Tag.last)")
  }
}
