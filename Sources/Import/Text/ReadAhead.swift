import Dispatch
import Support
import Synchronization

/// A text that a thread of its own reads, inflates and hashes while its reader works on what came before.
///
/// Two blocks go round: the thread fills one while the reader works in the other. A text of less than a block needs no
/// thread.
final class ReadAhead: TextSource {
  /// Bytes in front of each block's text and after it, of which those behind may be read and say nothing.
  static let headroom = 4096
  static let padding = 64

  private let file: FileBytes
  private let blocks: BlockPair
  private var block: TextBlock
  private var isTaken = false
  /// Whether the block before the present one has not gone back to the thread.
  private var holdsFormer = false
  private var hasThread = false

  init(path: String, blockSize: Int = 1 << 18) throws(ImportError) {
    let source = try ByteSource(path: path)
    file = source.file
    blocks = BlockPair(source, blockSize: blockSize)
    block = blocks[0]
    blocks.fill(block)
    if block.isLast { return }
    hasThread = true
    let shared = blocks
    DispatchQueue(label: "read ahead").async { shared.fillInTurns() }
  }

  deinit {
    if hasThread { blocks.stop() }
  }

  var path: String { file.path }
  var size: Int64 { file.size }

  var offset: Int64 { block.offset }

  var sha256: String {
    precondition(isTaken && block.isLast, "the text has been read to its end")
    return file.sha256
  }

  func next() throws(ImportError) -> Line? {
    if isTaken {
      if let failure = block.failure { throw failure }
      if block.isLast { return nil }
      block = blocks.next()
      holdsFormer = true
    }
    isTaken = true
    if block.count > 0 { return block.text }
    release()
    if let failure = block.failure { throw failure }
    return nil
  }

  func release() {
    if holdsFormer { blocks.release() }
    holdsFormer = false
  }
}

/// A piece of text; it ends early only where the text ends or cannot be read on.
private final class TextBlock {
  let bytes: UnsafeMutableRawBufferPointer
  var count = 0
  var offset: Int64 = 0
  /// Why the text cannot be read beyond this block.
  var failure: ImportError?
  var isLast: Bool { count < bytes.count }

  private let memory: UnsafeMutableRawBufferPointer

  init(_ size: Int) {
    memory = .allocate(byteCount: ReadAhead.headroom + size + ReadAhead.padding, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    bytes = UnsafeMutableRawBufferPointer(rebasing: memory[ReadAhead.headroom..<ReadAhead.headroom + size])
  }

  deinit { memory.deallocate() }

  var text: Line { Line(rebasing: bytes.bindMemory(to: UInt8.self)[..<count]) }
}

/// Two blocks, each of which belongs to the reader or to the thread, as the semaphores tell.
private final class BlockPair: @unchecked Sendable {
  private let source: ByteSource
  private let blocks: [TextBlock]
  private let filled = DispatchSemaphore(value: 0)
  private let emptied = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let isStopped = Atomic(false)
  /// The reader's block.
  private var index = 0

  init(_ source: ByteSource, blockSize: Int) {
    self.source = source
    blocks = [TextBlock(blockSize), TextBlock(blockSize)]
  }

  subscript(index: Int) -> TextBlock { blocks[index] }

  func fill(_ block: TextBlock) {
    block.count = 0
    do throws(ImportError) {
      while block.isLast {
        let count = try source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[block.count...]))
        if count == 0 { break }
        block.count += count
      }
    } catch {
      block.failure = error
    }
    block.offset = source.file.offset
  }

  /// The thread: fills the second block, and then the one that the reader has emptied, until the text ends.
  func fillInTurns() {
    var index = 1
    while true {
      fill(blocks[index])
      filled.signal()
      if blocks[index].isLast { break }
      emptied.wait()
      if isStopped.load(ordering: .acquiring) { break }
      index = 1 - index
    }
    ended.signal()
  }

  /// The block after the reader's, which stays the reader's, too, until it is released.
  func next() -> TextBlock {
    SignOfLife.wait(for: filled)
    index = 1 - index
    return blocks[index]
  }

  /// Gives the reader's former block to the thread.
  func release() { emptied.signal() }

  /// Ends the thread, before the text ends if need be.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    emptied.signal()
    ended.wait()
  }
}
