/// Memory in a file without a name, which may grow; all 0 where nothing has been written.
///
/// The file's space is allocated before it is mapped: where a disk is full, that shows here and not as a signal at some
/// later store. What it cannot hold lies in the process's memory then, so that who writes on does no harm until it finds
/// the failure.
final class SpilledBlock: @unchecked Sendable {
  private(set) var start: UnsafeMutableRawPointer
  private(set) var bytes: Int
  private let spill: Spill
  /// Below 0 where there is none, or none any more.
  private var file: Int32
  /// Bytes that the file holds; the rest of `bytes` is the process's own.
  private var stored = 0

  /// A block that never `grows` is no open file once it is mapped.
  init(_ bytes: Int, _ spill: Spill, grows: Bool) {
    self.spill = spill
    file = SpilledBlock.makeFile(spill)
    self.bytes = SpilledBlock.wholePages(bytes)
    start = UnsafeMutableRawPointer(bitPattern: 1)!
    allocate(self.bytes)
    start = map(self.bytes)
    spill.add(self)
    if !grows { closeFile() }
  }

  deinit {
    spill.remove(self)
    munmap(start, bytes)
    closeFile()
  }

  private func closeFile() {
    if file >= 0 { close(file) }
    file = -1
  }

  /// Makes the block `needed` bytes long or more; its address changes.
  func grow(to needed: Int) {
    let (old, count, larger) = (start, bytes, SpilledBlock.wholePages(needed))
    if larger <= count { return }
    let tail = stored..<max(stored, count)
    if tail.isEmpty { allocate(larger) }
    let mapped = map(larger)
    (mapped + tail.lowerBound).copyMemory(from: old + tail.lowerBound, byteCount: tail.count)
    munmap(old, count)
    (start, bytes) = (mapped, larger)
  }

  /// The first `count` values.
  func values<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: start.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// Gives the pages back; they come again from the file where they are looked at.
  func release() { if stored > 0 { madvise(start, stored, MADV_DONTNEED) } }

  private static func makeFile(_ spill: Spill) -> Int32 {
    let name = spill.temporaryName()
    let file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0 { spill.fail(.cannotSpill(folder: spill.folder, code: errno)) } else { unlink(name) }
    return file
  }

  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  private static func wholePages(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

  /// Lets the file hold `count` bytes if it can.
  private func allocate(_ count: Int) {
    guard file >= 0 else { return }
    #if canImport(Darwin)
      let code = ftruncate(file, off_t(count)) == 0 ? 0 : errno
    #else
      var code = posix_fallocate(file, off_t(stored), off_t(count - stored))
      while code == EINTR { code = posix_fallocate(file, off_t(stored), off_t(count - stored)) }
    #endif
    if code == 0 { stored = count } else { spill.fail(.cannotSpill(folder: spill.folder, code: code)) }
  }

  /// Maps the file, with memory of the process behind what it holds up to `count` bytes.
  private func map(_ count: Int) -> UnsafeMutableRawPointer {
    let access = PROT_READ | PROT_WRITE
    if stored == count { return SpilledBlock.checked(mmap(nil, count, access, MAP_SHARED, file, 0), count) }
    let start = SpilledBlock.checked(mmap(nil, count, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), count)
    if stored > 0 {
      _ = SpilledBlock.checked(mmap(start, stored, access, MAP_SHARED | MAP_FIXED, file, 0), stored)
    }
    return start
  }

  private static func checked(_ start: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeMutableRawPointer {
    guard let start, start != MAP_FAILED else { OutOfMemory.end(bytes: count) }
    return start
  }
}
