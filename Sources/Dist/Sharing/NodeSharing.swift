import Foundation
import Support

/// What the ranks of a host need alike, built once per host and held once per host (`NodeMemory`).
///
/// Every function is collective over all ranks, not only those of a host, and throws on every rank alike.
package final class NodeSharing {
  private let memory: NodeMemory

  package init(_ communicator: any Communicator) throws {
    memory = try NodeMemory(communicator, node: try communicator.node())
  }

  /// Whether this rank builds what its host's ranks share.
  package var leads: Bool { memory.leads }

  /// The ranks that share memory with this one; nil where it shares with nobody.
  package var node: (any Communicator)? { memory.isShared ? memory.node : nil }

  /// What to tell the user where the ranks of a host hold everything each by itself: the first of them has it.
  package var warning: String? {
    guard let obstacle = memory.obstacle, memory.node.rank == 0 else { return nil }
    return
      "each of the \(memory.node.size) ranks of this host keeps its own copy of the data set and the model: "
      + obstacle
  }

  /// The value of `build` on every rank. It runs once per host; the columns that it takes from the memory it is
  /// given are shared, and read-only from then on, everything else is copied.
  package func once<Value: Codable>(_ build: (any MemorySource) throws -> Value) throws -> Value {
    let built = try memory.fill(writable: false) { try build(memory) }
    defer { memory.settle() }
    guard let node else { return built! }
    let encoder = JSONEncoder()
    encoder.userInfo[.sharedBlocks] = memory
    encoder.nonConformingFloatEncodingStrategy = NodeSharing.floats.encoding
    let decoder = JSONDecoder()
    decoder.userInfo[.sharedBlocks] = memory
    decoder.nonConformingFloatDecodingStrategy = NodeSharing.floats.decoding
    let outline = try node.broadcast(try built.map { [UInt8](try encoder.encode([$0])) } ?? [], from: 0)
    return try built ?? decoder.decode([Value].self, from: Data(outline))[0]
  }

  private static let floats = (
    encoding: JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan"),
    decoding: JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  )

  /// The values of `build`, which takes the same blocks in the same order on every rank: each block lies where all
  /// ranks of the host see it and may write to it.
  package func together<Value>(_ build: (any MemorySource) throws -> Value) throws -> Value {
    let built = try memory.fill(writable: true) { try build(memory) }
    defer { memory.settle() }
    return try built ?? build(memory)
  }

  /// Copies values that every rank has for itself from the host's first rank to the others.
  package func spread(_ values: UnsafeMutablePointer<Float>, count: Int) throws {
    try node?.broadcast(UnsafeMutableBufferPointer(start: values, count: count), from: 0)
  }

  /// Returns when what the ranks of this host wrote to shared memory can be seen by all of them.
  package func barrier() throws { try memory.barrier() }
}
