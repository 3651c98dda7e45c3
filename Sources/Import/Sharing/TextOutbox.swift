import Dist
import Support

/// The messages of a rank that reads for rank 0. Some are on their way at any time, while the rank reads on: ahead of rank
/// 0, as far as its memory goes.
final class TextOutbox {
  private let communicator: any Communicator
  /// Bytes that may wait.
  private let limit: Int
  private var waiting: [OutgoingMessage] = []
  private var waitingBytes = 0
  /// In the order in which they began.
  private var sending: [OutgoingMessage] = []

  private static let mostSending = 8

  init(_ communicator: any Communicator, limit: Int) {
    self.communicator = communicator
    self.limit = limit
  }

  /// Adds a message of so many `bytes`, which are copied, about a file of `size` bytes; waits while there are too many.
  func add(_ kind: TextMessage.Kind, offset: Int64, size: Int64, _ bytes: [UInt8]) throws {
    let message = TextMessage(kind: kind, offset: offset, size: size, byteCount: bytes.count)
    waiting.append(OutgoingMessage(message, bytes))
    waitingBytes += bytes.count
    try advance()
    while waitingBytes > limit { try waitForFirst() }
  }

  /// Waits until all messages have gone.
  func finish() throws {
    while !sending.isEmpty { try waitForFirst() }
  }

  private func waitForFirst() throws {
    try sending[0].finish(communicator)
    try advance()
  }

  /// Forgets what has gone, and sends what can go.
  private func advance() throws {
    while let first = sending.first, try first.hasArrived(communicator) { sending.removeFirst() }
    while let next = waiting.first, sending.count < TextOutbox.mostSending {
      waiting.removeFirst()
      waitingBytes -= next.bytes.count
      try next.start(communicator)
      sending.append(next)
    }
  }
}

/// A message to rank 0, in memory of its own and no more than it needs, as it may wait for long. Where the rank fails while
/// the message is on its way, the memory is not given back: rank 0 may still read it.
private final class OutgoingMessage {
  let bytes: UnsafeMutableBufferPointer<UInt8>
  private let header = UnsafeMutableBufferPointer<Int64>.allocate(capacity: TextMessage.headerCount)
  private let requests = Requests(capacity: 2)
  private var isOnItsWay = false

  init(_ message: TextMessage, _ content: [UInt8]) {
    bytes = .allocate(capacity: content.count)
    _ = header.initialize(from: message.header)
    _ = bytes.initialize(from: content)
  }

  deinit {
    if isOnItsWay { return }
    header.deallocate()
    bytes.deallocate()
  }

  func start(_ communicator: any Communicator) throws {
    isOnItsWay = true
    try communicator.startSend(UnsafeBufferPointer(header), to: 0, tag: TextMessage.headerTag, requests)
    try communicator.startSend(UnsafeBufferPointer(bytes), to: 0, tag: TextMessage.bytesTag, requests)
  }

  /// Does not wait.
  func hasArrived(_ communicator: any Communicator) throws -> Bool {
    isOnItsWay = try !communicator.poll(requests)
    return !isOnItsWay
  }

  func finish(_ communicator: any Communicator) throws {
    try communicator.longFinish(requests)
    isOnItsWay = false
  }
}
