/// Memory at a fixed address that is given back when nobody holds the block any more.
package final class MemoryBlock: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer
  private let release: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  /// A block over memory that `release` gives back.
  package init(
    _ bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.release = release
  }

  /// `count` bytes of this process, all 0; the system gives the pages as they are touched.
  package convenience init(zeros count: Int) {
    guard let start = calloc(max(count, 1), 1) else { fatalError("no memory for \(count) bytes") }
    self.init(UnsafeMutableRawBufferPointer(start: start, count: count)) { free($0.baseAddress) }
  }

  deinit { release(bytes) }

  /// The block as values of `type`, as many as fit.
  package func values<Element: BitwiseCopyable>(
    of type: Element.Type = Element.self
  ) -> UnsafeMutableBufferPointer<Element> { bytes.bindMemory(to: type) }
}

/// Where large values that live long get their memory.
package protocol MemorySource: AnyObject {
  /// `count` bytes, all 0, at least 16-byte aligned.
  func block(bytes count: Int) throws -> MemoryBlock
}

/// The memory of this process alone.
package final class OwnMemory: MemorySource {
  package init() {}

  package func block(bytes count: Int) -> MemoryBlock { MemoryBlock(zeros: count) }
}

/// Blocks that several processes see, each at addresses of its own, by numbers that mean the same to all: what
/// lies in them can be named to another process.
package protocol SharedBlocks: AnyObject, Sendable {
  /// The number of the block that begins at `address`; nil for any other address.
  func number(of address: UnsafeRawPointer) -> Int?
  /// The block of a number; nil where nobody holds it any more.
  func block(number: Int) -> MemoryBlock?
}

extension CodingUserInfoKey {
  /// The `SharedBlocks` by which an encoder names columns, and a decoder finds them.
  package static let sharedBlocks = CodingUserInfoKey(rawValue: "sharedBlocks")!
}
