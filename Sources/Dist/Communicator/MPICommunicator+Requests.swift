internal import CMPI

extension MPICommunicator {
  package func startSend<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, to rank: Int, tag: Int, _ requests: Requests
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      let request = requests.next()
      try call("MPI_Isend", waits: false, sent: Int(length) * stride) {
        MPI_Isend(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, request)
      }
      requests.add()
    }
  }

  package func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int, _ requests: Requests
  ) throws {
    try checkRank(rank)
    checkTag(tag)
    let base = UnsafeMutableRawPointer(buffer.baseAddress)
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try forEachPiece(of: buffer.count) { offset, length in
      let request = requests.next(expected: Int(length) * stride)
      try call("MPI_Irecv", waits: false, received: Int(length) * stride) {
        MPI_Irecv(
          base.map { $0 + offset * stride }, length, datatype, Int32(rank), Int32(tag), handle, request)
      }
      requests.add()
    }
  }

  package func finish(_ requests: Requests) throws {
    guard requests.count > 0 else { return }
    _ = try complete(requests, "MPI_Wait", waits: true) { request, done, status in
      done = 1
      return MPI_Wait(request, &status)
    }
  }

  package func poll(_ requests: Requests) throws -> Bool {
    guard requests.count > 0 else { return true }
    let isDone = try complete(requests, "MPI_Test", waits: false) { request, done, status in
      MPI_Test(request, &done, &status)
    }
    if isDone { monitor.advance() }
    return isDone
  }

  /// One request after another, up to the first that is not done. Not by `MPI_Waitall`, which never returns
  /// in Open MPI 4.1 where one of several requests has failed before the call.
  @inline(__always)
  private func complete(
    _ requests: Requests, _ function: StaticString, waits: Bool,
    _ body: (UnsafeMutablePointer<RequestHandle>, inout Int32, inout MPI_Status) -> Int32
  ) throws -> Bool {
    var done: Int32 = 1
    var wrong: DistError?
    try call(function, waits: waits) {
      while done != 0, wrong == nil, let request = requests.current {
        var status = MPI_Status()
        let code = body(&request.pointee.handle, &done, &status)
        if code != MPI_SUCCESS {
          requests.removeAll()
          return code
        }
        guard done != 0 else { break }
        if let expected = request.pointee.expected {
          let received = bytes(of: &status)
          if received != expected {
            wrong = .messageLength(
              expected: expected, received: received, source: Int(status.MPI_SOURCE), tag: Int(status.MPI_TAG)
            )
          }
        }
        requests.advance()
      }
      return MPI_SUCCESS
    }
    if let wrong {
      requests.removeAll()
      throw wrong
    }
    return done != 0
  }
}
