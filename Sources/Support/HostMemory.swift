/// An available amount of memory or disk, and where the number comes from.
package struct Available: Sendable, Equatable {
  package var bytes: Int
  package var source: String

  package init(bytes: Int, source: String) {
    self.bytes = bytes
    self.source = source
  }

  /// What is left of it after `taken` bytes.
  package func less(_ taken: Int) -> Available { Available(bytes: max(0, bytes - taken), source: source) }
}

/// The memory that a host still has, as the system reports it.
package enum HostMemory {
  /// What the system lets this process's group take: the least of what the kernel has left and what the control groups that
  /// hold the process leave. nil where it is unknown. Tests put `root` before the paths.
  package static func available(root: String = "") -> Available? {
    var found: [Available] = []
    if let bytes = SystemFile.availableMemory(root: root) {
      found.append(Available(bytes: bytes, source: "MemAvailable"))
    }
    found += controlGroups(root: root)
    return found.min { $0.bytes < $1.bytes }
  }

  /// What the memory limits of the control groups leave, from the process's own up to the root: version 2, or
  /// the memory controller of version 1. Pages of files that can be dropped count as free.
  private static func controlGroups(root: String) -> [Available] {
    guard let membership = SystemFile.text("\(root)/proc/self/cgroup") else { return [] }
    var found: [Available] = []
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let unified = parts[0] == "0" && parts[1].isEmpty
      guard unified || parts[1].split(separator: ",").contains("memory") else { continue }
      let mount = "\(root)/sys/fs/cgroup" + (unified ? "" : "/memory")
      var group = String(parts[2])
      while true {
        let folder = mount + (group == "/" ? "" : group)
        if let left = left(folder, unified: unified) {
          found.append(Available(bytes: left, source: "the memory limit of the control group \(group)"))
        }
        guard group.count > 1 else { break }
        group = FileStatus.folder(of: group)
      }
    }
    return found
  }

  private static func left(_ folder: String, unified: Bool) -> Int? {
    let names =
      unified
      ? ("memory.max", "memory.current", "inactive_file")
      : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    // "max" or, in version 1, the largest number of pages: no limit.
    guard let limit = SystemFile.number("\(folder)/\(names.0)"), limit < 1 << 60,
      let used = SystemFile.number("\(folder)/\(names.1)")
    else { return nil }
    let droppable =
      SystemFile.text("\(folder)/memory.stat").flatMap { SystemFile.field(names.2, in: $0) } ?? 0
    return max(0, limit - max(0, used - droppable))
  }
}
