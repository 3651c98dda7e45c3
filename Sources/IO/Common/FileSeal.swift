import Support

/// A line after the end of an HDF5 file, which HDF5 itself does not read, with the SHA-256 of all bytes before it.
///
/// For files that show data sets of others: what they show lies in a part of the file that has no checksum, and
/// with damaged bytes there the library ends the process (HDF5 1.10). The root attribute `sealed` says that the
/// line must be there.
enum FileSeal {
  static let attribute = "sealed"
  private static let mark = Array("\nlcft sha256 ".utf8)
  /// Bytes of the line: the mark, the digest and the line's end.
  private static var length: Int { mark.count + 64 + 1 }

  /// Seals the finished file `name`, known to the user as `path`.
  static func append(to name: String, knownAs path: String) throws {
    let bytes = try bytes(of: name)
    let descriptor = open(name, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "seal", code: errno) }
    defer { close(descriptor) }
    let line = mark + digest(bytes[...]) + [0x0A]
    guard line.withUnsafeBytes({ writeAll($0, to: descriptor) }) else {
      throw SystemError.failed(file: path, action: "seal", code: errno)
    }
  }

  /// Throws where the file `name` is sealed and has changed since.
  static func check(_ name: String) throws {
    guard try isSealed(name) else { return }
    let bytes = try bytes(of: name)
    guard Array(bytes.suffix(64 + 1).dropLast()) == digest(bytes.dropLast(length)) else {
      throw FileError.brokenSeal(file: name)
    }
  }

  /// Whether the file `name` ends with a seal.
  static func isSealed(_ name: String) throws -> Bool {
    let descriptor = open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.failed(file: name, action: "open", code: errno) }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    var end = [UInt8](repeating: 0, count: mark.count)
    return size > length && pread(descriptor, &end, mark.count, size - off_t(length)) == mark.count
      && end == mark
  }

  private static func bytes(of name: String) throws -> [UInt8] {
    do throws(TextFile.Failure) {
      return try TextFile.bytes(name, limit: .max)
    } catch {
      throw FileError.brokenSeal(file: name)
    }
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(hexadecimal(bytes.withUnsafeBytes(SHA256.digest)).utf8)
  }
}
