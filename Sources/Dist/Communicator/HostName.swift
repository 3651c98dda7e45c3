import Support

/// The name of this host.
func hostName() -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 257) { buffer in
    guard let start = buffer.baseAddress, gethostname(start, 256) == 0 else { return "unknown" }
    buffer[256] = 0
    return String(cString: start)
  }
}
