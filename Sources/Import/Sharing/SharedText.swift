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
  /// Of a file that is read in stretches: what this rank finds in it, and what the others have found.
  private let digest: FileDigest?
  private var digests: [(rank: Int, sha256: String)] = []
  /// The piece that `next` returned last, and what comes after it.
  private var piece = GrowableBuffer<UInt8>()
  private var following = GrowableBuffer<UInt8>()
  private let requests = Requests(capacity: 1)

  init(_ communicator: any Communicator, _ file: SharedFile, readers: [Int]) throws(ImportError) {
    self.communicator = communicator
    self.file = file
    self.readers = readers[...]
    let stretches = file.parts.compactMap(\.self)
    digest = stretches.isEmpty ? nil : try FileDigest(path: file.path, stretches)
  }

  var path: String { file.path }
  var size: Int64 { file.size }

  func next() throws(ImportError) -> Line? {
    while let reader = readers.first {
      let (kind, text) = try receive(from: reader)
      switch kind {
      case .text:
        swap(&piece, &following)
        return text
      case .end:
        digests.append((reader, String(decoding: text, as: UTF8.self)))
        readers.removeFirst()
      case .failure:
        let host = communicator.hosts[reader]
        let words = String(decoding: text, as: UTF8.self)
        throw .ofOtherRank(host == communicator.hosts[0] ? words : "\(words) (on \(host))")
      }
    }
    try finish()
    return nil
  }

  func release() {}

  /// Takes the file's digest, once all of it has come.
  private func finish() throws(ImportError) {
    guard let digest else {
      sha256 = digests.last?.sha256 ?? sha256
      return
    }
    let own = try digest.value()
    for (stretch, (rank, found)) in zip(own.stretches, digests) where found != stretch {
      throw difference(seenBy: rank)
    }
    sha256 = own.whole
  }

  private func difference(seenBy rank: Int) -> ImportError {
    let host = communicator.hosts[rank]
    return host == communicator.hosts[0] ? .changed(file: path) : .otherFile(file: path, host: host)
  }

  private func receive(from rank: Int) throws(ImportError) -> (TextMessage.Kind, Line) {
    do {
      var header = [Int64](repeating: 0, count: TextMessage.headerCount)
      try header.withUnsafeMutableBufferPointer { try receive($0, from: rank, tag: TextMessage.headerTag) }
      let message = TextMessage(header: header)
      let room = ReadAhead.headroom + message.byteCount + ReadAhead.padding
      let start = following.resetUninitialized(room)
      let text = Line(start: start + ReadAhead.headroom, count: message.byteCount)
      try receive(text, from: rank, tag: TextMessage.bytesTag)
      (start + room - ReadAhead.padding).update(repeating: 0, count: ReadAhead.padding)
      offset = message.offset
      if message.size != file.size { throw difference(seenBy: rank) }
      return (message.kind, text)
    } catch let error as ImportError {
      throw error
    } catch {
      throw .ofOtherRank(StandardError.line(error))
    }
  }

  private func receive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from rank: Int, tag: Int
  ) throws {
    try communicator.startReceive(buffer, from: rank, tag: tag, requests)
    try communicator.longFinish(requests)
  }
}
