import Support

/// Files that are whole or not there: written under a temporary name in the same folder, synced to the disk,
/// renamed, and the folder synced. A reader sees the older file or the finished one and nothing in between.
package enum AtomicFile {
  /// Lets `body` write the file of the temporary name that it is given, then puts it in place as `path`.
  ///
  /// The temporary file is removed where anything fails. One that a killed process of this host left
  /// for the same `path` is removed by the next write, and so is one of another host after a day.
  ///
  /// A symbolic link named `path` is replaced, not followed.
  ///
  /// Throws what `body` throws, and `SystemError`, `.notAFile` before `body` is called where `path`
  /// is a folder or a device.
  package static func write<Result>(
    to path: String, _ body: (_ temporary: String) throws -> Result
  ) throws -> Result {
    try FileStatus.checkReplaceable(path)
    let (folder, name) = (FileStatus.folder(of: path), FileStatus.name(of: path))
    removeLeftovers(of: name, in: folder, others: 86_400)
    let temporary = temporaryName(of: name, in: folder)
    do {
      let result = try body(temporary)
      try sync(temporary, O_RDONLY, reportedAs: path)
      try move(temporary, to: path)
      return result
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Gives the finished file or folder `old` the name `path`, and waits until that is on the disk.
  package static func move(_ old: String, to path: String) throws {
    guard rename(old, path) == 0 else {
      throw SystemError.failed(file: path, action: "rename the finished file", code: errno)
    }
    try syncFolder(of: path)
  }

  /// Makes the folder `path`, and those above it that are missing, and waits until their names are on the disk: what is
  /// synced in a folder is lost with the folder's name.
  package static func makeFolder(_ path: String) throws {
    if FileStatus.isFolder(path) { return }
    let above = FileStatus.folder(of: path)
    if above != path { try makeFolder(above) }
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && FileStatus.isFolder(path)) else {
      throw SystemError.failed(file: path, action: "create", code: errno)
    }
    do { try sync(above, O_RDONLY | O_DIRECTORY, reportedAs: above) } catch {
      // A folder that one may write to and not list cannot be synced.
      guard case SystemError.failed(_, _, EACCES) = error else { throw error }
    }
  }

  /// Writes `text` as the whole file `path`.
  package static func write(_ text: String, to path: String) throws {
    try write(to: path) { try write(text, as: $0, reportedAs: path) }
  }

  /// Writes `text` as the whole file `path` unless there is a file of that name: false then. Of several
  /// processes that do so at the same time, on any hosts, one gets true.
  package static func create(_ text: String, at path: String) throws -> Bool {
    let (folder, name) = (FileStatus.folder(of: path), FileStatus.name(of: path))
    removeLeftovers(of: name, in: folder, others: 86_400)
    let temporary = temporaryName(of: name, in: folder)
    defer { unlink(temporary) }
    try write(text, as: temporary, reportedAs: path)
    // Before it has its name: a lock that a loss of power leaves empty would be nobody's.
    try sync(temporary, O_RDONLY, reportedAs: path)
    // Where there are no links, a file that may be seen empty for a moment must do.
    if link(temporary, path) != 0 {
      if errno == EEXIST { return false }
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0, errno == EEXIST { return false }
      guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "create", code: errno) }
      defer { close(descriptor) }
      guard writeAll(text, to: descriptor), syncAll(descriptor) else {
        throw SystemError.failed(file: path, action: "write", code: errno)
      }
    }
    try sync(folder, O_RDONLY | O_DIRECTORY, reportedAs: folder)
    return true
  }

  /// A spill to files of `folder`, of a process that may have `bound` bytes of memory in all. What a killed process may have
  /// left of such files there is removed. Throws `SpillError` where the folder takes no files.
  package static func spill(to folder: String, bound: Int) throws(SpillError) -> Spill {
    try spill(to: folder, bound: bound, base: 0, isStrict: true)
  }

  /// The same for work that has `bytes` of memory besides what the process has now, of its own, and may exceed them.
  package static func spill(to folder: String, working bytes: Int) throws(SpillError) -> Spill {
    let base = ProcessMemory.unshared ?? 0
    return try spill(to: folder, bound: base + bytes, base: base, isStrict: false)
  }

  private static func spill(
    to folder: String, bound: Int, base: Int, isStrict: Bool
  ) throws(SpillError) -> Spill {
    try checkSpill(to: folder)
    removeLeftovers(of: spilled, in: folder, others: 86_400)
    return Spill(folder: folder, bound: bound, base: base, isStrict: isStrict) {
      temporaryName(of: spilled, in: folder)
    }
  }

  /// Throws `SpillError` where `folder` takes no temporary files.
  package static func checkSpill(to folder: String) throws(SpillError) {
    guard FileStatus.isFolder(folder) else {
      throw .cannotSpill(folder: folder, code: FileStatus.State(folder) == nil ? ENOENT : ENOTDIR)
    }
    guard access(folder, W_OK) == 0 else { throw .cannotSpill(folder: folder, code: errno) }
  }

  private static let spilled = "lcft-spill"

  /// Removes what killed processes left half written in `folder`: those of this host, and those of other hosts
  /// that have not been written to for ten minutes. For a folder that only the caller writes to.
  package static func removeLeftovers(in folder: String) {
    removeLeftovers(of: nil, in: folder, others: 600)
  }

  /// Waits until the names in the folder of `path` are on the disk.
  package static func syncFolder(of path: String) throws {
    let folder = FileStatus.folder(of: path)
    try sync(folder, O_RDONLY | O_DIRECTORY, reportedAs: folder)
  }

  private static func write(_ text: String, as temporary: String, reportedAs path: String) throws {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.failed(file: path, action: "create", code: errno) }
    defer { close(descriptor) }
    guard writeAll(text, to: descriptor) else {
      throw SystemError.failed(file: path, action: "write", code: errno)
    }
  }

  private static func sync(_ name: String, _ flags: Int32, reportedAs file: String) throws {
    let descriptor = open(name, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.failed(file: file, action: "sync", code: errno) }
    defer { close(descriptor) }
    guard syncAll(descriptor) else { throw SystemError.failed(file: file, action: "sync", code: errno) }
  }

  // `.NAME.HOST-PROCESS-SERIAL.partial`: no two writers share it, and its writer can be looked up.
  private static let suffix = ".partial"
  /// This host's name as names of files may have it.
  package static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .replacing("/", with: "_")
  }()

  private static func temporaryName(of name: String, in folder: String) -> String {
    "\(folder)/.\(name).\(host)-\(getpid())-\(serial())\(suffix)"
  }

  private static func serial() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next() & 0xFFFF_FFFF
  }

  /// Removes leftovers of the file `name`, or of any file, whose process on this host has ended, and those of
  /// other hosts that are `others` seconds old.
  private static func removeLeftovers(of name: String?, in folder: String, others: Int) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let found = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      // The host's name may have points and hyphens, too: what follows it is read from the end.
      guard found.hasPrefix(name.map { ".\($0)." } ?? "."), found.hasSuffix(suffix) else { continue }
      let fields = found.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
      guard fields.count >= 3, let process = pid_t(fields[fields.count - 2]),
        UInt64(fields[fields.count - 1]) != nil
      else { continue }
      let path = folder + "/" + found
      if fields.dropLast(2).joined(separator: "-").hasSuffix(".\(host)") {
        if ProcessStatus.hasEnded(process) { unlink(path) }
      } else {
        var status = stat()
        guard stat(path, &status) == 0 else { continue }
        if time(nil) - FileStatus.modificationTime(status).tv_sec > others { unlink(path) }
      }
    }
  }
}
