import Dist
import Support

/// A rank that reads parts of a log's files for rank 0: inflates them, and shortens objects to the members that are read.
package enum ReadingHelper {
  private static let pieceBytes = 1 << 20

  /// Reads what rank 0 says, until it has taken all of it.
  package static func help(_ communicator: any Communicator) throws {
    let plan = try communicator.broadcast(json: ReadingPlan?.none, from: 0)
    let outbox = TextOutbox(communicator, limit: plan.waitingBytes)
    for (index, file) in plan.files.enumerated() {
      for (part, reader) in zip(file.parts, plan.readers(of: index)) where reader == communicator.rank {
        try send(file, part, by: outbox, as: name(communicator))
      }
    }
    try outbox.finish()
  }

  private static func name(_ communicator: any Communicator) -> String {
    "rank \(communicator.rank) (\(communicator.hosts[communicator.rank]))"
  }

  private static func send(
    _ file: SharedFile, _ part: Range<Int64>?, by outbox: TextOutbox, as name: String
  ) throws {
    do {
      let text =
        try part.map { try FileStretch(path: file.path, $0) as any PartOfText } ?? WholeText(path: file.path)
      let condenser = file.columns.map { LineCondenser($0) }
      while let piece = try text.next(ReadingHelper.pieceBytes) {
        var bytes: [UInt8] = []
        condenser?.condense(piece, into: &bytes)
        if condenser == nil { bytes = Array(piece) }
        try outbox.add(TextMessage(kind: .text, offset: text.offset, bytes: bytes), size: text.size)
      }
      try outbox.add(
        TextMessage(kind: .end, offset: text.offset, bytes: Array(text.digest.utf8)), size: text.size)
    } catch let error as ImportError {
      // Rank 0 ends the import when it comes to this place, unless something before it is wrong as well.
      try outbox.add(
        TextMessage(kind: .failure, offset: 0, bytes: Array("\(name): \(error)".utf8)), size: file.size)
    }
  }
}
