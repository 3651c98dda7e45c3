internal import CMPI

extension MPICommunicator {
  /// By messages to the root, not by `MPI_Gatherv`, whose 32-bit displacements limit the whole. The library's
  /// own algorithm is the same.
  package func gather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int], to root: Int
  ) throws {
    try checkRank(root)
    guard rank == root else { return try send(part, to: root, tag: Tag.gather) }
    checkLayout(part, buffer, counts)
    var offset = 0
    for source in 0..<size {
      let place = UnsafeMutableBufferPointer(rebasing: buffer[offset..<offset + counts[source]])
      if source == rank {
        copy(part, to: place)
      } else {
        try startReceive(place, from: source, tag: Tag.gather, ownRequests)
      }
      offset += counts[source]
    }
    try finish(ownRequests)
  }

  package func allgather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>,
    counts: [Int]
  ) throws {
    checkLayout(part, buffer, counts)
    var total = 0
    var ownOffset = 0
    for (source, count) in counts.enumerated() {
      if source == rank { ownOffset = total }
      total += count
    }
    copy(part, to: UnsafeMutableBufferPointer(rebasing: buffer[ownOffset..<ownOffset + part.count]))
    guard total <= pieceLimit else { return try allgatherAround(buffer, counts: counts) }
    var offset: Int32 = 0
    for (source, count) in counts.enumerated() {
      layout[source] = Int32(count)
      layout[size + source] = offset
      offset += Int32(count)
    }
    let stride = MemoryLayout<Element>.size
    let datatype = Element.kind.datatype
    try call("MPI_Allgatherv", sent: part.count * stride, received: (total - part.count) * stride) {
      MPI_Allgatherv(
        lcft_mpi_in_place(), 0, datatype, UnsafeMutableRawPointer(buffer.baseAddress), layout, layout + size,
        datatype, handle)
    }
  }

  /// A ring: in each of size - 1 steps every rank passes on the part that it received in the step before.
  private func allgatherAround<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, counts: [Int]
  ) throws {
    let right = (rank + 1) % size
    let left = (rank + size - 1) % size
    for step in 0..<size - 1 {
      let outgoing = (rank + size - step) % size
      let incoming = (rank + size - step - 1) % size
      try sendReceive(
        UnsafeBufferPointer(place(of: outgoing, in: buffer, counts: counts)), to: right,
        place(of: incoming, in: buffer, counts: counts), from: left, tag: Tag.gather)
    }
  }

  private func place<Element: MPIElement>(
    of source: Int, in buffer: UnsafeMutableBufferPointer<Element>, counts: [Int]
  ) -> UnsafeMutableBufferPointer<Element> {
    var offset = 0
    for index in 0..<source { offset += counts[index] }
    return UnsafeMutableBufferPointer(rebasing: buffer[offset..<offset + counts[source]])
  }

  private func checkLayout<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, _ buffer: UnsafeMutableBufferPointer<Element>, _ counts: [Int]
  ) {
    precondition(counts.count == size, "one count per rank")
    precondition(counts[rank] == part.count, "this rank's count is not its part's")
    var total = 0
    for count in counts { total += count }
    precondition(buffer.count >= total, "the buffer is too small for the ranks' parts")
  }
}
