/// What a name in the file system stands for.
package enum FileStatus {
  /// Bytes of the file `name`. Throws where there is none, where it is not a regular file, or where this
  /// process may not read it.
  package static func sizeOfReadableFile(_ name: String) throws(SystemError) -> Int {
    var status = stat()
    guard stat(name, &status) == 0 else { throw .failed(file: name, action: "open", code: errno) }
    // Checked before the file is opened: opening a pipe would wait for its writer.
    guard isRegular(status) else { throw .notAFile(file: name) }
    let descriptor = open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .failed(file: name, action: "open", code: errno) }
    close(descriptor)
    return Int(status.st_size)
  }

  /// Throws where `name` exists and is not a regular file: a folder, a device or a pipe must not be replaced.
  package static func checkReplaceable(_ name: String) throws(SystemError) {
    var status = stat()
    guard stat(name, &status) == 0 else {
      if errno == ENOENT { return }
      throw .failed(file: name, action: "write", code: errno)
    }
    guard isRegular(status) else { throw .notAFile(file: name) }
  }

  /// The folder that `path` lies in: `.` for a name alone, `/` for what lies in the root.
  package static func folder(of path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    let folder = path[..<slash]
    return folder.isEmpty ? "/" : String(folder)
  }

  /// The last part of `path`.
  package static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

  /// The path of `name` in `folder`.
  package static func path(of name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Whether `path` is a folder.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// `path`, or else the nearest folder above it that exists.
  package static func nearestExisting(_ path: String) -> String {
    var path = path
    while access(path, F_OK) != 0, folder(of: path) != path { path = folder(of: path) }
    return path
  }

  /// Whether two names are names of one file, also through links.
  package static func areSame(_ name: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(name, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Tells what the file `name` holds now from what it held before: another file in its place, and a file that
  /// was written to, has another state. Nil where there is no file.
  package struct State: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    package init?(_ name: String) {
      var status = stat()
      guard stat(name, &status) == 0 else { return nil }
      let written = FileStatus.modificationTime(status)
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(status.st_ino)
      size = Int64(status.st_size)
      (seconds, nanoseconds) = (written.tv_sec, written.tv_nsec)
    }
  }

  /// When the file was last written to.
  package static func modificationTime(_ status: stat) -> timespec {
    #if canImport(Darwin)
      return status.st_mtimespec
    #else
      return status.st_mtim
    #endif
  }

  /// Removes the file `name` if it is there.
  package static func remove(_ name: String) throws(SystemError) {
    guard unlink(name) != 0, errno != ENOENT else { return }
    throw .failed(file: name, action: "remove", code: errno)
  }

  /// The names in `folder`, sorted, of those that the system lists first no more than `most`; none where there is no such
  /// folder. Throws where it cannot be listed: what it holds must not be taken for nothing.
  package static func names(in folder: String, most: Int = .max) throws(SystemError) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw .failed(file: folder, action: "list", code: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < most {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw .failed(file: folder, action: "list", code: errno) }
        break
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func isRegular(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
}
