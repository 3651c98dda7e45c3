#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory of this host.
public enum HostMemory {
  /// Bytes that programs can still get without others being ended for it (`MemAvailable` of /proc/meminfo), or nil
  /// where the system does not say.
  public static func available() -> Int? {
    guard let file = fopen("/proc/meminfo", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let words = text.split(separator: " ")
      if words.count > 1, words[0] == "MemAvailable:" { return Int(words[1]).map { $0 << 10 } }
    }
    return nil
  }
}
