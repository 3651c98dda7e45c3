/// Whether processes of this host still run.
package enum ProcessStatus {
  /// Whether the process `id` has ended: there is none, or one that only waits for its parent to ask how it ended, which
  /// writes nothing any more.
  package static func hasEnded(_ id: pid_t) -> Bool {
    if kill(id, 0) != 0 { return errno == ESRCH }
    guard let stream = fopen("/proc/\(id)/stat", "r") else { return false }
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), stream) != nil else { return false }
    // `ID (NAME) STATE ...`; the name may hold anything.
    let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    guard let end = text.lastIndex(of: UInt8(ascii: ")")), end + 2 < text.count else { return false }
    return "ZX".utf8.contains(text[end + 2])
  }
}
