import Support

extension Communicator {
  /// `rank 3`, with its host where the ranks are on several.
  package func name(of rank: Int) -> String {
    guard hosts.indices.contains(rank), hosts.contains(where: { $0 != hosts[0] }) else {
      return "rank \(rank)"
    }
    return "rank \(rank) (\(hosts[rank]))"
  }

  /// The first rank whose `text` is not rank 0's, and how many others there are; nil where all agree.
  /// Collective.
  package func difference(in text: String) throws -> (rank: Int, others: Int)? {
    let isOther = text != (try broadcast(text, from: 0))
    let first = try allreduce(isOther ? rank : size, .minimum)
    let count = try allreduce(isOther ? 1 : 0, .sum)
    return count == 0 ? nil : (first, count - 1)
  }
}

/// The name of this host.
func hostName() -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 257) { buffer in
    guard let start = buffer.baseAddress, gethostname(start, 256) == 0 else { return "unknown" }
    buffer[256] = 0
    return String(cString: start)
  }
}

/// A digest of the bytes of the running program; 0 where the system does not show them.
func executableDigest() -> UInt64 {
  let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return 0 }
  defer { close(file) }
  let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 15)
  defer { words.deallocate() }
  // By words: 32 MB in some 10 ms.
  var digest = FNV()
  while true {
    words.update(repeating: 0)
    let count = read(file, words.baseAddress, words.count * 8)
    guard count > 0 else { return count == 0 ? digest.hash : 0 }
    for word in words[..<((count + 7) / 8)] { digest.add(word: word) }
  }
}
