#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole text files: jobs, tables and lists that people write.
public enum TextFile {
  /// Bytes of the longest file that is read whole. Lists of users are the longest ones.
  public static let largestBytes = 64 << 20

  public enum Failure: Error, Equatable, CustomStringConvertible {
    case missing
    case unreadable(String)
    case tooLarge
    case notText

    public var description: String {
      switch self {
      case .missing: "there is no such file"
      case .unreadable(let reason): "cannot be read: \(reason)"
      case .tooLarge: "has more than \(TextFile.largestBytes >> 20) MB"
      case .notText: "cannot be read as UTF-8 text"
      }
    }
  }

  /// The text of the file or pipe `path`, UTF-8. Throws before it takes more memory than `largestBytes`.
  public static func read(_ path: String) throws(Failure) -> String {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
    return text
  }

  /// The bytes of the file or pipe `path`, no more than `limit`.
  public static func bytes(_ path: String, limit: Int = largestBytes) throws(Failure) -> [UInt8] {
    do throws(ImportError) {
      let file = try FileBytes(path: path)
      var bytes: [UInt8] = []
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
      defer { piece.deallocate() }
      while true {
        let count = try file.read(into: piece)
        if count == 0 { return bytes }
        bytes.append(contentsOf: piece[..<count])
        if bytes.count > limit { break }
      }
    } catch {
      switch error {
      case .cannotOpen(_, ENOENT): throw .missing
      case .cannotOpen(_, let code), .cannotRead(_, _, let code):
        throw .unreadable(String(cString: strerror(code)))
      default: throw .unreadable("\(error)")
      }
    }
    throw .tooLarge
  }
}
