#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that are whole or not there: written under a temporary name in the same folder, synced to the disk,
/// renamed, and the folder synced. A reader sees the older file or the finished one and nothing in between.
public enum AtomicFile {
  /// Lets `body` write the file of the temporary name that it is given, then puts it in place as `path`.
  ///
  /// The temporary file is removed where anything fails. One that a killed process of this host left behind
  /// for the same `path` is removed by the next write.
  ///
  /// A symbolic link named `path` is replaced, not followed.
  ///
  /// Throws what `body` throws, and `FileError.system` or `.notAFile`, before `body` is called where `path`
  /// is a folder or a device.
  public static func write<Result>(
    to path: String, _ body: (_ temporary: String) throws -> Result
  ) throws -> Result {
    try FileStatus.checkReplaceable(path)
    let (folder, name) = split(path)
    removeLeftovers(of: name, in: folder)
    let temporary = folder + "/" + prefix(of: name) + "\(getpid())-\(serial())" + suffix
    do {
      let result = try body(temporary)
      try sync(temporary, O_RDONLY, reportedAs: path)
      guard rename(temporary, path) == 0 else {
        throw FileError.system(file: path, action: "rename the finished file", code: errno)
      }
      try sync(folder, O_RDONLY | O_DIRECTORY, reportedAs: folder)
      return result
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes `text` as the whole file `path`.
  public static func write(_ text: String, to path: String) throws {
    try write(to: path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw FileError.system(file: path, action: "create", code: errno) }
      defer { close(descriptor) }
      guard writeAll(Array(text.utf8), to: descriptor) else {
        throw FileError.system(file: path, action: "write", code: errno)
      }
    }
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  private static func sync(_ name: String, _ flags: Int32, reportedAs file: String) throws {
    let descriptor = open(name, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.system(file: file, action: "sync", code: errno) }
    defer { close(descriptor) }
    while fsync(descriptor) != 0 {
      if errno == EINTR { continue }
      // Some file systems cannot sync a folder, or have nothing to sync.
      if errno == EINVAL || errno == ENOTSUP { return }
      throw FileError.system(file: file, action: "sync", code: errno)
    }
  }

  // `.NAME.HOST-PROCESS-SERIAL.partial`: no two writers share it, and its writer can be looked up.
  private static let suffix = ".partial"
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .replacing("/", with: "_")
  }()

  private static func prefix(of name: String) -> String { ".\(name).\(host)-" }

  private static func serial() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next() & 0xFFFF_FFFF
  }

  private static func removeLeftovers(of name: String, in folder: String) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    let prefix = prefix(of: name)
    while let entry = readdir(stream) {
      let found = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard found.hasPrefix(prefix), found.hasSuffix(suffix) else { continue }
      let process = found.dropFirst(prefix.count).prefix { $0 != "-" }
      if let process = pid_t(process), kill(process, 0) != 0, errno == ESRCH { unlink(folder + "/" + found) }
    }
  }
}

/// Writes all of `bytes`; false, with errno set, where that fails.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
    if count < 0 && errno != EINTR { return false }
    written += max(count, 0)
  }
  return true
}
