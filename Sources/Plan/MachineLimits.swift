import Foundation
import Support

/// An available amount of memory or disk, and where the number comes from.
package struct Available: Sendable, Equatable {
  package var bytes: Int
  package var source: String

  package init(bytes: Int, source: String) {
    self.bytes = bytes
    self.source = source
  }
}

/// What this host and this process may still take, as the system reports it.
package enum MachineLimits {
  /// Memory for all processes of this job on this host: the least of what the kernel has left, what the
  /// control groups that hold the process leave, and what Slurm gave the job. nil where it is unknown.
  package static func hostMemory(root: String = "") -> Available? {
    var found: [Available] = []
    if let bytes = SystemFile.availableMemory(root: root) {
      found.append(Available(bytes: bytes, source: "MemAvailable"))
    }
    found += controlGroups(root: root)
    if root.isEmpty,
      let megabytes = ProcessInfo.processInfo.environment["SLURM_MEM_PER_NODE"].flatMap(Int.init),
      megabytes > 0
    {
      found.append(Available(bytes: megabytes << 20, source: "SLURM_MEM_PER_NODE"))
    }
    return found.min { $0.bytes < $1.bytes }
  }

  /// What the process's address space may still grow by (`ulimit -v`); nil without a limit.
  package static func addressSpace() -> Available? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt64(Int.max),
      let status = SystemFile.text("/proc/self/status"), let used = SystemFile.field("VmSize:", in: status)
    else { return nil }
    return Available(bytes: max(0, Int(limit.rlim_cur) - used << 10), source: "ulimit -v")
  }

  /// The largest resident set of this process so far, in bytes; 0 where it is unknown.
  package static func peakMemory() -> Int { statusField("VmHWM:") }

  /// The resident set of this process now, in bytes; 0 where it is unknown.
  package static func residentMemory() -> Int { statusField("VmRSS:") }

  private static func statusField(_ name: String) -> Int {
    (SystemFile.text("/proc/self/status").flatMap { SystemFile.field(name, in: $0) } ?? 0) << 10
  }

  /// Free for this user on the file system of `path`, or of the nearest folder above it that exists.
  package static func disk(_ path: String) -> Available? {
    let folder = FileStatus.nearestExisting(
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path)
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return Available(bytes: Int(status.f_bavail) * Int(status.f_frsize), source: folder)
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
