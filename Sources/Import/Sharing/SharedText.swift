import Dist
import Support

/// The text of a file that other ranks read: what they send, in the order of the file.
final class SharedText: TextSource {
  private let communicator: any Communicator
  private let file: SharedFile
  /// The ranks that read the file's parts, in turn.
  private var readers: ArraySlice<Int>
  private(set) var offset: Int64 = 0
  private(set) var sha256 = ""
  /// Of a file that several ranks read.
  private let digest: FileDigest?
  /// The piece that `next` returned last, and what comes after it.
  private var piece = GrowableBuffer<UInt8>()
  private var following = GrowableBuffer<UInt8>()
  private let requests = Requests(capacity: 1)

  init(_ communicator: any Communicator, _ file: SharedFile, readers: [Int]) throws(ImportError) {
    self.communicator = communicator
    self.file = file
    self.readers = readers[...]
    digest = file.stretch == nil ? nil : try FileDigest(path: file.path)
  }

  var path: String { file.path }
  var size: Int64 { file.size }

  func next() throws(ImportError) -> Line? {
    while let reader = readers.first {
      let (kind, text) = try receive(from: reader)
      switch kind {
      case .text where text.count == 0: break
      case .text:
        swap(&piece, &following)
        return text
      case .failure: throw .ofOtherRank(String(decoding: text, as: UTF8.self))
      case .end:
        sha256 = String(decoding: text, as: UTF8.self)
        readers.removeFirst()
      }
    }
    if let digest { sha256 = try digest.value() }
    return nil
  }

  func release() {}

  /// Takes what has not been asked for.
  func drain() throws(ImportError) { while try next() != nil {} }

  private func receive(from rank: Int) throws(ImportError) -> (TextMessage.Kind, Line) {
    do {
      var header = [Int64](repeating: 0, count: TextMessage.headerCount)
      try header.withUnsafeMutableBufferPointer {
        try communicator.startReceive($0, from: rank, tag: TextMessage.headerTag, requests)
        // The core is left to the ranks that read, where there are not as many.
        try communicator.whileWaiting {
          while try !communicator.poll(requests) { usleep(50) }
        }
      }
      let count = Int(header[3])
      let room = ReadAhead.headroom + count + ReadAhead.padding
      let start = following.resetUninitialized(room)
      let text = Line(start: start + ReadAhead.headroom, count: count)
      try communicator.receive(text, from: rank, tag: TextMessage.bytesTag)
      (start + room - ReadAhead.padding).update(repeating: 0, count: ReadAhead.padding)
      offset = header[1]
      guard let kind = TextMessage.Kind(rawValue: header[0]) else { preconditionFailure("a kind of message") }
      if kind != .failure && header[2] != file.size {
        throw ImportError.otherFile(
          file: path, bytes: file.size, host: communicator.hosts[rank], found: header[2])
      }
      return (kind, text)
    } catch let error as ImportError {
      throw error
    } catch {
      throw .ofOtherRank(StandardError.line(error))
    }
  }
}
