import Dist
import Support

/// The messages of a rank that reads for rank 0. They go out one after another, while the rank reads on: ahead of rank 0,
/// as far as its memory goes.
final class TextOutbox {
  private let communicator: any Communicator
  /// Bytes that may wait.
  private let limit: Int
  private var waiting: [(message: TextMessage, size: Int64)] = []
  /// The first of those waiting that is not on its way yet.
  private var next = 0
  private var waitingBytes = 0
  private let header = UnsafeMutableBufferPointer<Int64>.allocate(capacity: TextMessage.headerCount)
  private var bytes = GrowableBuffer<UInt8>()
  private let requests = Requests(capacity: 2)

  init(_ communicator: any Communicator, limit: Int) {
    self.communicator = communicator
    self.limit = limit
  }

  deinit { header.deallocate() }

  /// Adds a message about a file of `size` bytes, and waits while there are too many.
  func add(_ message: TextMessage, size: Int64) throws {
    waiting.append((message, size))
    waitingBytes += message.bytes.count
    try advance()
    while waitingBytes > limit { try wait() }
  }

  /// Waits until all messages have gone.
  func finish() throws {
    while next < waiting.count { try wait() }
    try communicator.whileWaiting {
      while try !communicator.poll(requests) { usleep(200) }
    }
  }

  private func wait() throws {
    try communicator.whileWaiting {
      while try !communicator.poll(requests) { usleep(200) }
    }
    try advance()
  }

  /// Sends the next message if the one before has gone.
  private func advance() throws {
    guard next < waiting.count, try communicator.poll(requests) else { return }
    let (message, size) = waiting[next]
    waiting[next].message.bytes = []
    next += 1
    if next == waiting.count || next == 1024 {
      waiting.removeFirst(next)
      next = 0
    }
    waitingBytes -= message.bytes.count
    _ = header.update(fromContentsOf: [
      message.kind.rawValue, message.offset, size, Int64(message.bytes.count),
    ])
    bytes.removeAll()
    message.bytes.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    try communicator.startSend(UnsafeBufferPointer(header), to: 0, tag: TextMessage.headerTag, requests)
    try communicator.startSend(
      UnsafeBufferPointer(start: bytes.pointer, count: bytes.count), to: 0, tag: TextMessage.bytesTag,
      requests)
  }
}
