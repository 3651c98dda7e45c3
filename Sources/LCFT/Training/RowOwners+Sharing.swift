import Dist
import IO
import Support

extension RowOwners {
  /// Brings the rows of all users in those of `tensors` that are tables of users, of which each host has its own users',
  /// to every host. `node` are the ranks that hold the tables together with this one. Collective.
  package func share(
    _ tensors: [StoredTensor], _ communicator: any Communicator, node: (any Communicator)?
  ) throws {
    guard layout.count > 1 else { return }
    // The first rank of a host sends what all of them have written.
    try node?.barrier()
    let speaks = node?.rank ?? 0 == 0
    var unused = GrowableBuffer<Float>()
    for tensor in tensors where tensor.space == .user {
      let outline = tensor.outline(in: "")
      for rows in outline.pieces {
        try forEachHost(of: rows, tensor) { source, part in
          let count = part.count * outline.width
          // Of the ranks of a host one takes the rows; the others take part in the broadcast.
          let values =
            speaks ? tensor.values + part.lowerBound * outline.width : unused.resetUninitialized(count)
          try communicator.broadcast(UnsafeMutableBufferPointer(start: values, count: count), from: source)
        }
      }
    }
    try node?.barrier()
  }
}
