internal import CMemory
import Support

/// Why ranks of a host cannot share memory.
package enum NodeMemoryError: Error, Sendable, Equatable {
  /// The system did not give `bytes` bytes.
  case unavailable(bytes: Int, reason: String)
  /// What another process of the host offered cannot be opened here.
  case unreachable(process: Int, reason: String)
}

extension NodeMemoryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let bytes, let reason):
      "\(bytes >> 20) MB of memory for the ranks of a host to share are not to be had: \(reason); "
        + "spread the ranks over more hosts, or ask the scheduler for more memory"
    case .unreachable(let process, let reason):
      "the memory of process \(process) on this host cannot be seen: \(reason)"
    }
  }
}

/// A file of memory without a name (`memfd_create`), which another process of the same user opens as
/// /proc/PROCESS/fd/FILE while this one holds it.
final class NamelessFile {
  let file: Int32
  let address: Address

  /// `bytes` zero bytes, which the system sets aside at once: none is missing when it is written to. Throws
  /// `NodeMemoryError.unavailable`.
  init(bytes: Int) throws {
    func failure(_ code: Int32) -> NodeMemoryError {
      .unavailable(bytes: bytes, reason: String(cString: strerror(code)))
    }
    // Asked for more than there is, the system would end processes of this host, of whichever user.
    if let available = SystemFile.availableMemory(), bytes > available {
      throw NodeMemoryError.unavailable(bytes: bytes, reason: "the host has \(available >> 20) MB left")
    }
    let size = max(bytes, 1)
    file = lcft_memfd_create("lcft")
    guard file >= 0 else { throw failure(errno) }
    #if os(Linux)
      var code = posix_fallocate(file, 0, off_t(size))
      while code == EINTR { code = posix_fallocate(file, 0, off_t(size)) }
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

  /// Where another process finds the file, and by what it knows that it is this one: a process of that number
  /// may be another one where ranks live in containers of their own.
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

    /// The file's bytes in this process: of another process's file, or of its own `open` one. Throws
    /// `NodeMemoryError`.
    func map(_ open: NamelessFile? = nil, writable: Bool) throws -> MemoryBlock {
      let own = try open?.file ?? openOthers(writable: writable)
      defer { if open == nil { close(own) } }
      let size = max(Int(bytes), 1)
      let start = mmap(nil, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, own, 0)
      guard let start, start != MAP_FAILED else {
        throw NodeMemoryError.unavailable(bytes: Int(bytes), reason: String(cString: strerror(errno)))
      }
      return MemoryBlock(UnsafeMutableRawBufferPointer(start: start, count: Int(bytes))) {
        munmap($0.baseAddress, max($0.count, 1))
      }
    }

    private func openOthers(writable: Bool) throws -> Int32 {
      func failure(_ reason: String) -> NodeMemoryError {
        .unreachable(process: Int(process), reason: reason)
      }
      let path = "/proc/\(process)/fd/\(file)"
      let own = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
      guard own >= 0 else { throw failure(String(cString: strerror(errno))) }
      var status = stat()
      guard fstat(own, &status) == 0, Int64(truncatingIfNeeded: status.st_dev) == device,
        Int64(truncatingIfNeeded: status.st_ino) == inode
      else {
        close(own)
        throw failure("it is another one in this rank's container")
      }
      return own
    }
  }
}
