import Support

/// A file's bytes as they lie on disk, from the front or a later place on, read once, with their SHA-256.
package final class FileBytes {
  package let path: String
  /// The file's size when it was opened; 0 for a pipe.
  package let size: Int64
  /// The place of the next byte.
  package private(set) var offset: Int64
  private let descriptor: Int32
  private let hash = SHA256()

  /// - Parameter start: the place of the first byte that is read.
  package init(path: String, from start: Int64 = 0) throws(ImportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(file: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
    offset = start
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    size = isKnown && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
    if isKnown && status.st_mode & S_IFMT == S_IFDIR { throw .isFolder(file: path) }
    if start > 0 && lseek(descriptor, off_t(start), SEEK_SET) < 0 {
      throw .cannotRead(file: path, offset: start, code: errno)
    }
  }

  deinit { close(descriptor) }

  /// Whether something that is no directory has this name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Throws where `path` is a pipe or a device, whose bytes come only once: for what is looked at before it is read. What
  /// does not exist is left to whoever opens it.
  /// - Parameter mend: what to do about it.
  static func checkIsKept(
    _ path: String, mend: String = "write it to a file, or use lcft import table"
  ) throws(ImportError) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    let kind = status.st_mode & S_IFMT
    if kind != S_IFREG && kind != S_IFDIR { throw .readOnce(file: path, isPipe: kind == S_IFIFO, mend: mend) }
  }

  /// Whether `path` is a regular file, which can be read again.
  static func isKept(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// read(2): fills the front of `buffer` and returns how many bytes came, 0 only at the end of the file.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    while true {
      let count = readSome(descriptor, buffer)
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotRead(file: path, offset: offset, code: errno)
      }
      hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
      return count
    }
  }

  /// SHA-256 of the bytes read so far, in hexadecimal; of all from the start on once `read` has returned 0.
  package var sha256: String {
    hash.hexDigest()
  }
}

/// read(2), whose name a method of the file has.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}
