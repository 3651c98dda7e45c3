import CHeap

/// What this process takes of the machine's memory.
package enum ProcessMemory {
  /// Bytes that are resident, of its own and of mapped files; nil where the system does not say.
  package static var resident: Int? {
    // Asked for again and again: neither opened anew nor taken apart as text.
    guard file >= 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { text in
      let count = pread(file, text.baseAddress, text.count, 0)
      guard count > 0 else { return nil }
      // The second number, in pages.
      var (pages, field) = (0, 0)
      for byte in text[..<count] {
        if byte == UInt8(ascii: " ") {
          field += 1
        } else if field == 1 {
          pages = pages * 10 + Int(byte - UInt8(ascii: "0"))
        }
        if field > 1 { break }
      }
      return pages * page
    }
  }

  /// The same without memory that other processes share; nil where the system does not tell them apart.
  package static var unshared: Int? {
    guard let status = SystemFile.text("/proc/self/status"),
      let own = SystemFile.field("RssAnon:", in: status), let files = SystemFile.field("RssFile:", in: status)
    else { return nil }
    return (own + files) << 10
  }

  /// Makes the C library give large blocks back to the system when they are freed. By itself glibc keeps blocks as large
  /// as the largest that was ever freed, up to 32 MB, and what training leaves behind would stay beside what fine-tuning
  /// takes.
  package static func giveBackLargeBlocks() {
    // Any value ends the adjustment of both by what is freed.
    lcft_give_back_blocks(128 << 10, 4 << 20)
  }

  private static let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
}
