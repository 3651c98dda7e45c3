/// What a rank that reads for rank 0 says, in the order of the text: a header, and bytes after it.
struct TextMessage {
  enum Kind: Int64 {
    /// The next piece of text.
    case text
    /// The part ends. The bytes are the SHA-256, in hexadecimal, of what the rank has read of the file.
    case end
    /// The rank cannot read on. The bytes are words for the user.
    case failure
  }

  var kind: Kind
  /// Bytes of the file, as it lies on disk, that have been read.
  var offset: Int64
  /// The file's size on disk, as the rank sees it.
  var size: Int64
  var byteCount: Int

  static let headerTag = 1
  static let bytesTag = 2
}

extension TextMessage {
  /// The numbers of a header.
  static let headerCount = 4

  var header: [Int64] { [kind.rawValue, offset, size, Int64(byteCount)] }

  init(header: [Int64]) {
    guard let kind = Kind(rawValue: header[0]) else { preconditionFailure("no such kind") }
    self.init(kind: kind, offset: header[1], size: header[2], byteCount: Int(header[3]))
  }
}
