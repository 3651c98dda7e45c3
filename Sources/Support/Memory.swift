/// Memory at a fixed address, released when nobody holds the block any more.
package final class MemoryBlock: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer
  private let release: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  /// A block over memory that `release` frees.
  package init(
    _ bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.release = release
  }

  /// `count` bytes of this process, all 0. The system provides the pages when they are first touched.
  package convenience init(zeros count: Int) {
    guard let start = calloc(max(count, 1), 1) else { OutOfMemory.end(bytes: count) }
    self.init(UnsafeMutableRawBufferPointer(start: start, count: count)) { free($0.baseAddress) }
  }

  /// The same of a size of which only a part will be touched: memory is taken page by page, when it is first written to.
  package convenience init(reserving count: Int) {
    #if os(Linux)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
    #endif
    let start = mmap(nil, max(count, 1), PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let start, start != MAP_FAILED else { OutOfMemory.end(bytes: count) }
    self.init(UnsafeMutableRawBufferPointer(start: start, count: count)) {
      munmap($0.baseAddress, max($0.count, 1))
    }
  }

  deinit { release(bytes) }

  /// The block as values of `type`, as many as fit.
  package func values<Element: BitwiseCopyable>(
    of type: Element.Type = Element.self
  ) -> UnsafeMutableBufferPointer<Element> { bytes.bindMemory(to: type) }
}

/// Where large, long-lived values get their memory.
package protocol MemorySource: AnyObject {
  /// `count` bytes, all 0, at least 16-byte aligned.
  func block(bytes count: Int) throws -> MemoryBlock

  /// The same where only a part of them will be touched: the rest takes addresses and no memory.
  func reserve(bytes count: Int) throws -> MemoryBlock
}

extension MemorySource {
  package func reserve(bytes count: Int) throws -> MemoryBlock { try block(bytes: count) }
}

/// Memory for values of which a part is filled: blocks are reserved.
package final class ReservedMemory: MemorySource {
  private let memory: any MemorySource

  package init(in memory: any MemorySource) { self.memory = memory }

  package func block(bytes count: Int) throws -> MemoryBlock { try memory.reserve(bytes: count) }
  package func reserve(bytes count: Int) throws -> MemoryBlock { try memory.reserve(bytes: count) }
}

/// The memory of this process alone, and files where `Spill` says so.
package final class OwnMemory: MemorySource {
  package init() {}

  package func block(bytes count: Int) -> MemoryBlock {
    guard let block = Spill.block(count) else { return MemoryBlock(zeros: count) }
    return MemoryBlock(UnsafeMutableRawBufferPointer(start: block.start, count: count)) { [block] _ in
      withExtendedLifetime(block) {}
    }
  }

  package func reserve(bytes count: Int) -> MemoryBlock { MemoryBlock(reserving: count) }
}

/// Blocks that several processes see, each at addresses of its own. Numbers name the blocks alike in all of
/// them, so that a process can tell another where something lies.
package protocol SharedBlocks: AnyObject, Sendable {
  /// The number of the block that begins at `address`; nil for any other address.
  func number(of address: UnsafeRawPointer) -> Int?
  /// The block of a number; nil where nobody holds it any more.
  func block(number: Int) -> MemoryBlock?
}

extension CodingUserInfoKey {
  /// The `SharedBlocks` by which an encoder names columns and a decoder finds them.
  package static let sharedBlocks = CodingUserInfoKey(rawValue: "sharedBlocks")!
}
