import Dist
import Support

/// A rank that reads parts of a log's files for rank 0: inflates them, and shortens objects to the members that are read.
package enum ReadingHelper {
  /// Reads what rank 0 says, until it has taken all of it.
  package static func help(_ communicator: any Communicator) throws {
    let plan = try communicator.broadcast(json: ReadingPlan?.none, from: 0)
    let outbox = TextOutbox(communicator, limit: plan.waitingBytes)
    for (index, file) in plan.files.enumerated() {
      let readers = plan.readers(of: index, helpers: communicator.size - 1)
      for (part, reader) in zip(file.parts, readers) where reader == communicator.rank {
        try send(file, part, by: outbox)
      }
    }
    try outbox.finish()
  }

  private static func send(_ file: SharedFile, _ part: Range<Int64>?, by outbox: TextOutbox) throws {
    do {
      let text: any PartOfText =
        if let part { try FileStretch(path: file.path, part) } else { try WholeText(path: file.path) }
      let condenser = file.columns.map { LineCondenser($0) }
      var bytes: [UInt8] = []
      while let piece = try text.next() {
        bytes.removeAll(keepingCapacity: true)
        if let condenser { condenser.condense(piece, into: &bytes) } else { bytes.append(contentsOf: piece) }
        try outbox.add(.text, offset: text.offset, size: text.size, bytes)
      }
      try outbox.add(.end, offset: text.offset, size: text.size, Array(text.digest.utf8))
    } catch let error as ImportError {
      // Rank 0 ends the import when it comes to this place, unless something before it is wrong as well.
      try outbox.add(.failure, offset: 0, size: file.size, Array("\(error)".utf8))
    }
  }
}
