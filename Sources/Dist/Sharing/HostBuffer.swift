import Support

/// Memory that all ranks of a host see, and which grows when a sum needs more than any before.
final class HostBuffer {
  private let hosts: HostGroup
  private var block = MemoryBlock(zeros: 1)
  /// Bytes that there is room for.
  private(set) var capacity = 0

  init(_ hosts: HostGroup) { self.hosts = hosts }

  var start: UnsafeMutableRawPointer {
    guard let start = block.bytes.baseAddress else { preconditionFailure("a block has an address") }
    return start
  }

  /// Makes room for `needed` bytes, of which the first `kept` are those that were there before. Every rank of the host
  /// calls it with the same numbers, none while another may still use what is not kept.
  func reserve(_ needed: Int, keeping kept: Int = 0) throws {
    guard needed > capacity else { return }
    // Not page by page: sizes of batches vary.
    let larger = try hosts.block(bytes: max(needed + needed / 4, 1 << 12))
    if kept > 0 {
      try hosts.barrier()
      if hosts.leads, let target = larger.bytes.baseAddress {
        target.copyMemory(from: start, byteCount: kept)
      }
      try hosts.barrier()
    }
    block = larger
    capacity = larger.bytes.count
  }

  /// The memory as values of `type`.
  @inline(__always)
  func values<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeMutablePointer<Element> {
    start.assumingMemoryBound(to: type)
  }
}
