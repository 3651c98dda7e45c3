import Dispatch
import Synchronization

/// A text that a thread of its own reads, inflates and hashes while its reader works on what came before.
///
/// Two blocks go round: the thread fills one while the reader takes from the other. A text of less than a block needs no
/// thread.
final class ReadAhead {
  let file: FileBytes
  private let blocks: BlockPair
  private var block: TextBlock
  /// Bytes of `block` that have been taken.
  private var taken = 0
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

  /// Bytes of the file as it lies on disk that gave the text up to the present block.
  var offset: Int64 { block.offset }

  /// SHA-256 of the file, in hexadecimal, once `read` has returned 0.
  var sha256: String {
    precondition(taken == block.count && block.isLast, "the text has been read to its end")
    return file.sha256
  }

  /// Fills the front of `buffer` with text and returns how many bytes came, 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if taken == block.count {
      if let failure = block.failure { throw failure }
      if block.isLast { return 0 }
      block = blocks.next()
      taken = 0
      return try read(into: buffer)
    }
    let count = min(block.count - taken, buffer.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: block.bytes[taken..<taken + count]))
    taken += count
    return count
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

  init(_ size: Int) { bytes = .allocate(byteCount: size, alignment: 64) }

  deinit { bytes.deallocate() }
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

  /// The block after the reader's, which goes back to the thread.
  func next() -> TextBlock {
    emptied.signal()
    filled.wait()
    index = 1 - index
    return blocks[index]
  }

  /// Ends the thread, before the text ends if need be.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    emptied.signal()
    ended.wait()
  }
}
