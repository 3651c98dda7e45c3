internal import CMemory
import Support

/// A file of memory without a name (`memfd_create`), which another process of the same user opens as
/// /proc/PROCESS/fd/FILE while this one holds it.
final class NamelessFile {
  let file: Int32
  let address: Address

  /// `bytes` zero bytes, which the system sets aside at once, so that no later write can fail. Throws
  /// `DistError.sharedMemoryUnavailable`.
  ///
  /// Those that are `reserved` are set aside when they are first written to: only a part of them will be.
  init(bytes: Int, reserved: Bool = false) throws {
    func failure(_ code: Int32) -> DistError {
      .sharedMemoryUnavailable(
        bytes: bytes, reason: String(cString: strerror(code)), advice: SystemError.advice(code))
    }
    // Asked for more than there is, the system would end processes of this host, whoever owns them, or those of the control
    // group.
    if !reserved, let available = HostMemory.available(), bytes > available.bytes {
      throw DistError.sharedMemoryUnavailable(
        bytes: bytes, reason: "the host has \(available.bytes >> 20) MB left (\(available.source))")
    }
    let size = max(bytes, 1)
    let file = lcft_memfd_create("lcft")
    self.file = file
    guard file >= 0 else { throw failure(errno) }
    #if os(Linux)
      func setAside() -> Int32 {
        if reserved { return ftruncate(file, off_t(size)) == 0 ? 0 : errno }
        return posix_fallocate(file, 0, off_t(size))
      }
      var code = setAside()
      while code == EINTR { code = setAside() }
      guard code == 0 else {
        close(file)
        throw failure(code)
      }
    #endif
    var status = stat()
    guard fstat(file, &status) == 0 else {
      let code = errno
      close(file)
      throw failure(code)
    }
    address = Address(
      process: Int64(getpid()), file: Int64(file), device: Int64(truncatingIfNeeded: status.st_dev),
      inode: Int64(truncatingIfNeeded: status.st_ino), bytes: Int64(bytes))
  }

  deinit { close(file) }

  /// Where another process finds the file, and how it can tell that it found the right one: where ranks live
  /// in containers of their own, the number may belong to another process.
  struct Address: Equatable {
    var process: Int64
    var file: Int64
    var device: Int64
    var inode: Int64
    var bytes: Int64

    static let length = 5
    var words: [Int64] { [process, file, device, inode, bytes] }

    init(process: Int64, file: Int64, device: Int64, inode: Int64, bytes: Int64) {
      (self.process, self.file, self.device, self.inode, self.bytes) = (process, file, device, inode, bytes)
    }

    /// Nil where there are not `length` words.
    init?(words: ArraySlice<Int64>) {
      guard words.count == Address.length else { return nil }
      let words = Array(words)
      self.init(process: words[0], file: words[1], device: words[2], inode: words[3], bytes: words[4])
    }

    /// Maps the file's bytes into this process: another process's file, or `open`, its own. Throws
    /// `DistError`.
    func map(_ open: NamelessFile? = nil, writable: Bool) throws -> MemoryBlock {
      let own = try open?.file ?? openOthers(writable: writable)
      defer { if open == nil { close(own) } }
      let size = max(Int(bytes), 1)
      let start = mmap(nil, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, own, 0)
      guard let start, start != MAP_FAILED else {
        throw DistError.sharedMemoryUnavailable(bytes: Int(bytes), reason: String(cString: strerror(errno)))
      }
      return MemoryBlock(UnsafeMutableRawBufferPointer(start: start, count: Int(bytes))) {
        munmap($0.baseAddress, max($0.count, 1))
      }
    }

    private func openOthers(writable: Bool) throws -> Int32 {
      func failure(_ reason: String) -> DistError {
        .sharedMemoryUnreachable(process: Int(process), reason: reason)
      }
      let path = "/proc/\(process)/fd/\(file)"
      let own = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
      guard own >= 0 else { throw failure(String(cString: strerror(errno))) }
      var status = stat()
      guard fstat(own, &status) == 0, Int64(truncatingIfNeeded: status.st_dev) == device,
        Int64(truncatingIfNeeded: status.st_ino) == inode
      else {
        close(own)
        throw failure("another process has this number in this rank's container")
      }
      return own
    }
  }
}
