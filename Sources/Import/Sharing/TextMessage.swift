import Dist

/// What a rank that reads for rank 0 has to say, in the order of the text.
struct TextMessage {
  enum Kind: Int64 {
    /// The next piece of text.
    case text
    /// The part ends; with the file's SHA-256, in hexadecimal, where the rank has read the whole file.
    case end
    /// Why the rank cannot read on, in words for the user.
    case failure
  }

  var kind: Kind
  /// Bytes of the file, as it lies on disk, that have been read.
  var offset: Int64
  var bytes: [UInt8]

  /// A message goes in two: its kind, the offset, the size of the rank's file and how many bytes follow; and the bytes.
  static let headerCount = 4
  static let headerTag = 1
  static let bytesTag = 2
}
