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

  /// Makes each rank of the host write a stretch of values where all of them see it, the stretches one after another, each
  /// with `room` for the longest. `length` is that of the rank at an index, which is known of all ranks once they have met.
  /// Collective on the host.
  func publish<Element: BitwiseCopyable>(
    _ type: Element.Type, length: (Int) -> Int, write: (UnsafeMutablePointer<Element>) -> Void
  ) throws {
    let own = length(hosts.index)
    while true {
      let room = room(of: type)
      if own <= room { write(values(of: type) + hosts.index * room) }
      try hosts.barrier()
      var most = 0
      for index in 0..<hosts.size { most = max(most, length(index)) }
      guard most > room else { return }
      try reserve(most * hosts.size * MemoryLayout<Element>.size)
    }
  }

  /// Values of `type` that each rank of the host has room for.
  func room<Element: BitwiseCopyable>(of type: Element.Type) -> Int {
    capacity / MemoryLayout<Element>.size / hosts.size
  }

  /// The memory as values of `type`.
  @inline(__always)
  func values<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeMutablePointer<Element> {
    start.assumingMemoryBound(to: type)
  }
}
