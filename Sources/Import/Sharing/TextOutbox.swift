import Dist
import Support

/// The messages of a rank that reads for rank 0. Some are on their way at any time, while the rank reads on: ahead of rank
/// 0, as far as its memory goes.
final class TextOutbox {
  private let communicator: any Communicator
  /// Bytes that may wait.
  private let limit: Int
  private var waiting: [TextMessage] = []
  /// The first of those waiting that is not on its way yet.
  private var next = 0
  private var waitingBytes = 0
  /// In the order in which they began.
  private var sending: [SentMessage] = []

  private static let mostSending = 8

  init(_ communicator: any Communicator, limit: Int) {
    self.communicator = communicator
    self.limit = limit
  }

  /// Adds a message, and waits while there are too many.
  func add(_ message: TextMessage) throws {
    waiting.append(message)
    waitingBytes += message.bytes.count
    try advance()
    while waitingBytes > limit { try waitForFirst() }
  }

  /// Waits until all messages have gone.
  func finish() throws {
    while !sending.isEmpty { try waitForFirst() }
  }

  private func waitForFirst() throws {
    try sending[0].finish()
    try advance()
  }

  /// Forgets what has gone, and sends what can go.
  private func advance() throws {
    while let first = sending.first, try first.hasArrived() { sending.removeFirst() }
    while next < waiting.count && sending.count < TextOutbox.mostSending {
      waitingBytes -= waiting[next].bytes.count
      sending.append(try SentMessage(waiting[next], communicator))
      waiting[next].bytes = []
      next += 1
    }
    if next == waiting.count || next > 1024 {
      waiting.removeFirst(next)
      next = 0
    }
  }
}

/// A message on its way to rank 0, in memory of its own. That is not given back where the rank fails meanwhile: rank 0 may
/// still read it.
private final class SentMessage {
  private let communicator: any Communicator
  private let requests = Requests(capacity: 2)
  private var isInUse = true
  private let header = UnsafeMutableBufferPointer<Int64>.allocate(capacity: TextMessage.Header.count)
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ message: TextMessage, _ communicator: any Communicator) throws {
    self.communicator = communicator
    bytes = .allocate(capacity: message.bytes.count)
    _ = header.initialize(from: message.header.numbers)
    _ = bytes.initialize(from: message.bytes)
    try communicator.startSend(UnsafeBufferPointer(header), to: 0, tag: TextMessage.headerTag, requests)
    try communicator.startSend(UnsafeBufferPointer(bytes), to: 0, tag: TextMessage.bytesTag, requests)
  }

  deinit {
    if isInUse { return }
    header.deallocate()
    bytes.deallocate()
  }

  /// Does not wait.
  func hasArrived() throws -> Bool {
    isInUse = try !communicator.poll(requests)
    return !isInUse
  }

  func finish() throws {
    try communicator.longFinish(requests)
    isInUse = false
  }
}
