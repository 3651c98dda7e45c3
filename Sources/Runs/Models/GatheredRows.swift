import Dist
import IO
import LCFT
import Support

/// The rows of tensors on their way to rank 0, which writes them: those that are shared out from the hosts that have them,
/// a piece at a time, in the order in which they are written.
final class GatheredRows {
  private let tensors: [(tensor: StoredTensor, outline: TensorOutline)]
  /// Nil where rank 0 has all rows.
  private let owners: RowOwners?
  private let communicator: any Communicator
  /// The pieces of tensors whose rows are on several hosts, and how many have come.
  private let pieces: [(tensor: Int, rows: Range<Int>)]
  private var arrived = 0
  private var buffer = GrowableBuffer<Float>()

  /// `tensors` with their groups in the file.
  init(_ tensors: [(StoredTensor, String)], _ owners: RowOwners?, _ communicator: any Communicator) {
    let own = tensors.map { (tensor: $0, outline: $0.outline(in: $1)) }
    self.tensors = own
    self.owners = owners
    self.communicator = communicator
    pieces = Array(own.indices).inPathOrder { own[$0].outline }
      .filter { owners?.shares(own[$0].tensor) ?? false }
      .flatMap { index in own[index].outline.pieces.map { (index, $0) } }
  }

  /// On rank 0, what `CheckpointFile` writes.
  var streams: [TensorStream] {
    tensors.indices.map { index in
      TensorStream(tensors[index].outline) { [self] rows, body in try withRows(index, rows, body) }
    }
  }

  private func withRows(
    _ index: Int, _ rows: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let (tensor, outline) = tensors[index]
    guard owners?.shares(tensor) ?? false else {
      return try withExtendedLifetime(tensor) {
        try body(
          UnsafeBufferPointer(
            start: tensor.values + rows.lowerBound * outline.width, count: rows.count * outline.width))
      }
    }
    precondition(pieces[arrived] == (index, rows), "pieces come in the order in which they are written")
    try body(UnsafeBufferPointer(try receive()))
  }

  /// Receives what has not come, where writing has failed.
  func drain() throws { while arrived < pieces.count { _ = try receive() } }

  /// The next piece.
  private func receive() throws -> UnsafeMutableBufferPointer<Float> {
    let (index, rows) = pieces[arrived]
    arrived += 1
    let (tensor, width) = (tensors[index].tensor, tensors[index].outline.width)
    let values = buffer.resetUninitialized(rows.count * width)
    try owners?.forEachHost(of: rows, tensor) { rank, part in
      let target = UnsafeMutableBufferPointer(
        start: values + (part.lowerBound - rows.lowerBound) * width, count: part.count * width)
      if rank == communicator.rank {
        _ = target.update(
          fromContentsOf: UnsafeBufferPointer(
            start: tensor.values + part.lowerBound * width, count: target.count))
      } else {
        try communicator.receive(target, from: rank, tag: Tag.checkpointRows)
      }
    }
    return UnsafeMutableBufferPointer(start: values, count: rows.count * width)
  }

  /// On the first rank of another host: sends the rows that it has.
  func send() throws {
    for (index, rows) in pieces {
      let (tensor, width) = (tensors[index].tensor, tensors[index].outline.width)
      try owners?.forEachHost(of: rows, tensor) { rank, part in
        guard rank == communicator.rank else { return }
        try communicator.send(
          UnsafeBufferPointer(start: tensor.values + part.lowerBound * width, count: part.count * width),
          to: 0, tag: Tag.checkpointRows)
      }
    }
  }
}
