import Foundation
import Support

/// What all ranks of a host need, built once per host and held once per host (`NodeMemory`).
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

  /// A line for the user where each rank of a host holds everything for itself; on the first of them only.
  package var warning: String? {
    guard let obstacle = memory.obstacle, memory.node.rank == 0 else { return nil }
    return
      "each of the \(memory.node.size) ranks of this host keeps its own copy of the data set and the model: "
      + obstacle
  }

  /// The value of `build` on every rank. `build` runs once per host. The columns that it makes in the memory
  /// it is given are shared and from then on read-only, unless they are `writable`; everything else is copied.
  package func once<Value: Codable>(
    writable: Bool = false, _ build: (any MemorySource) throws -> Value
  ) throws -> Value {
    let built = try memory.fill(writable: writable) { try build(memory) }
    defer { memory.settle() }
    guard let node else { return built! }
    let (encoder, decoder) = (JSONEncoder.ofAnyNumbers(), JSONDecoder.ofAnyNumbers())
    encoder.userInfo[.sharedBlocks] = memory
    decoder.userInfo[.sharedBlocks] = memory
    let outline = try node.broadcast(try built.map { [UInt8](try encoder.encode([$0])) } ?? [], from: 0)
    return try built ?? decoder.decode([Value].self, from: Data(outline))[0]
  }

  /// The value of `build`, which runs on every rank and must ask for the same blocks in the same order on
  /// each: a block lies where all ranks of the host see it and may write to it.
  package func together<Value>(_ build: (any MemorySource) throws -> Value) throws -> Value {
    let built = try memory.fill(writable: true) { try build(memory) }
    defer { memory.settle() }
    return try built ?? build(memory)
  }

  /// Copies the first rank's values to the host's other ranks, where every rank has memory of its own for
  /// them.
  package func spread(_ values: UnsafeMutablePointer<Float>, count: Int) throws {
    try node?.broadcast(UnsafeMutableBufferPointer(start: values, count: count), from: 0)
  }

  /// Returns when every rank of this host sees what the others wrote to shared memory.
  package func barrier() throws { try memory.barrier() }
}
