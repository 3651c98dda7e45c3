import Foundation
import Support

/// What this host and this process may still take, as the system reports it.
package enum MachineLimits {
  /// Memory that all processes of this job on this host may still take: the less of what the system leaves, and of what Slurm
  /// gave the job without what `ranks` ranks have taken by starting. nil where it is unknown.
  package static func hostMemory(root: String = "", ranks: Int = 1) -> Available? {
    var found = [HostMemory.available(root: root)].compactMap(\.self)
    if root.isEmpty {
      found += givenBySlurm(ProcessInfo.processInfo.environment).map {
        $0.less(ResourceEstimate.running(ranks: ranks))
      }
    }
    return found.min { $0.bytes < $1.bytes }
  }

  /// What Slurm gave the job on this host, in MB per host or per core.
  package static func givenBySlurm(_ environment: [String: String]) -> [Available] {
    func number(_ name: String) -> Int? { environment[name].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } }
    var found: [Available] = []
    if let megabytes = number("SLURM_MEM_PER_NODE") {
      found.append(Available(bytes: megabytes << 20, source: "SLURM_MEM_PER_NODE"))
    }
    if let megabytes = number("SLURM_MEM_PER_CPU"), let cores = number("SLURM_CPUS_ON_NODE") {
      found.append(Available(bytes: (megabytes * cores) << 20, source: "SLURM_MEM_PER_CPU"))
    }
    return found
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
}
