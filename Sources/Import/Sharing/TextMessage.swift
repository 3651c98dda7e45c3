/// What a rank that reads for rank 0 says, in the order of the text. It travels as a header, and then the bytes.
struct TextMessage {
  enum Kind: Int64 {
    /// The next piece of text.
    case text
    /// The part ends. The bytes are the file's SHA-256, in hexadecimal, where the rank has read the whole file, and the
    /// part's checksum otherwise.
    case end
    /// The rank cannot read on. The bytes are words for the user.
    case failure
  }

  struct Header {
    var kind: Kind
    /// Bytes of the file, as it lies on disk, that have been read.
    var offset: Int64
    /// The file's size on disk, as the rank sees it.
    var size: Int64
    var byteCount: Int
  }

  var header: Header
  var bytes: [UInt8]

  init(_ kind: Kind, offset: Int64, size: Int64, _ bytes: [UInt8]) {
    header = Header(kind: kind, offset: offset, size: size, byteCount: bytes.count)
    self.bytes = bytes
  }

  static let headerTag = 1
  static let bytesTag = 2
}

extension TextMessage.Header {
  /// The numbers that travel.
  static let count = 4

  var numbers: [Int64] { [kind.rawValue, offset, size, Int64(byteCount)] }

  init(_ numbers: [Int64]) {
    guard let kind = TextMessage.Kind(rawValue: numbers[0]) else { preconditionFailure("no such kind") }
    self.init(kind: kind, offset: numbers[1], size: numbers[2], byteCount: Int(numbers[3]))
  }
}
