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
