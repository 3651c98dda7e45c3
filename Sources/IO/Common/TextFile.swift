import Support

/// Whole text files: jobs, tables and lists that people write.
package enum TextFile {
  /// Bytes of the longest file that is read whole. Lists of users are the longest ones.
  package static let largestBytes = 64 << 20

  package enum Failure: Error, Equatable, CustomStringConvertible {
    case missing
    case unreadable(String)
    case tooLarge
    case notText
    /// UTF-16, which Windows makes.
    case wideText

    package var description: String {
      switch self {
      case .missing: "there is no such file"
      case .unreadable(let reason): "cannot be read: \(reason)"
      case .tooLarge: "has more than \(TextFile.largestBytes >> 20) MB"
      case .notText: "cannot be read as UTF-8 text"
      case .wideText: "is UTF-16 text; save it as UTF-8"
      }
    }
  }

  /// The text of the file or pipe `path`, UTF-8. Throws before it takes more memory than `largestBytes`.
  package static func text(_ path: String) throws(Failure) -> String {
    let bytes = try bytes(path)
    if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(bytes.prefix(2))) { throw .wideText }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
    return text
  }

  /// The first `limit` bytes of the file `path`, or fewer; nil where there is none. Throws where it is there and cannot
  /// be read: what it says must not be taken for nothing.
  package static func start(of path: String, bytes limit: Int = largestBytes) throws(SystemError) -> [UInt8]?
  {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard file >= 0 else { throw .failed(file: path, action: "open", code: errno) }
    defer { close(file) }
    let (bytes, code) = readBytes(of: file, most: limit)
    guard code == 0 else { throw .failed(file: path, action: "read", code: code) }
    return bytes
  }

  /// The bytes of the file or pipe `path`, no more than `limit`.
  package static func bytes(_ path: String, limit: Int = largestBytes) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno))) }
    defer { close(file) }
    // One more shows that there are too many.
    let (bytes, code) = readBytes(of: file, most: limit == .max ? limit : limit + 1)
    guard code == 0 else { throw .unreadable(String(cString: strerror(code))) }
    guard bytes.count <= limit else { throw .tooLarge }
    return bytes
  }

  /// The next bytes of an open file, no more than `limit`, and the system's code of what kept it from being read; 0 where
  /// nothing did.
  private static func readBytes(of file: Int32, most limit: Int) -> (bytes: [UInt8], code: Int32) {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(limit, 1 << 16))
    while bytes.count < limit {
      let count = read(file, &piece, min(piece.count, limit - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return (bytes, errno) }
      if count == 0 { break }
      bytes += piece[..<count]
    }
    return (bytes, 0)
  }
}
