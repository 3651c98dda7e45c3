import Foundation
import LCFT
import Plan
import Support
import Testing

/// Limits as the kernel's files tell them, in a made-up root for what this machine does not have.
@Suite struct MachineLimitsTests {
  private func root(_ files: [String: String]) throws -> URL {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("lcft-\(UUID().uuidString)")
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return root
  }

  private static let memory = "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n"

  @Test func theKernel() throws {
    let root = try root(["proc/meminfo": MachineLimitsTests.memory, "proc/self/cgroup": "0::/\n"])
    defer { try? FileManager.default.removeItem(at: root) }
    #expect(
      MachineLimits.hostMemory(root: root.path) == Available(bytes: 20_000_000 << 10, source: "MemAvailable"))
  }

  /// Per host or per core, as the job asked for it.
  @Test func slurm() {
    #expect(MachineLimits.givenBySlurm([:]).isEmpty)
    #expect(
      MachineLimits.givenBySlurm(["SLURM_MEM_PER_NODE": "300"])
        == [Available(bytes: 300 << 20, source: "SLURM_MEM_PER_NODE")])
    #expect(
      MachineLimits.givenBySlurm(["SLURM_MEM_PER_CPU": "20", "SLURM_CPUS_ON_NODE": "2"])
        == [Available(bytes: 40 << 20, source: "SLURM_MEM_PER_CPU")])
    #expect(MachineLimits.givenBySlurm(["SLURM_MEM_PER_NODE": "0", "SLURM_MEM_PER_CPU": "20"]).isEmpty)
  }

  /// The tightest group on the way to the root counts, and pages that can be dropped are free.
  @Test func controlGroupsOfVersion2() throws {
    let root = try root([
      "proc/meminfo": MachineLimitsTests.memory, "proc/self/cgroup": "0::/slurm/job_7/step_0\n",
      "sys/fs/cgroup/slurm/job_7/step_0/memory.max": "max\n",
      "sys/fs/cgroup/slurm/job_7/step_0/memory.current": "1000\n",
      "sys/fs/cgroup/slurm/job_7/memory.max": "1073741824\n",
      "sys/fs/cgroup/slurm/job_7/memory.current": "573741824\n",
      "sys/fs/cgroup/slurm/job_7/memory.stat": "anon 473741824\ninactive_file 100000000\nactive_file 0\n",
    ])
    defer { try? FileManager.default.removeItem(at: root) }
    let found = try #require(MachineLimits.hostMemory(root: root.path))
    #expect(found.bytes == 600_000_000)
    #expect(found.source == "the memory limit of the control group /slurm/job_7")
  }

  @Test func controlGroupsOfVersion1() throws {
    let root = try root([
      "proc/meminfo": MachineLimitsTests.memory,
      "proc/self/cgroup": "9:name=systemd:/\n4:cpuset,memory:/docker/abc\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "5000000000\n",
      "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "800000000\n",
      "sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes": "900000000\n",
      "sys/fs/cgroup/memory/docker/abc/memory.stat": "cache 1\ntotal_inactive_file 150000000\n",
    ])
    defer { try? FileManager.default.removeItem(at: root) }
    #expect(MachineLimits.hostMemory(root: root.path)?.bytes == 50_000_000)
  }

  @Test func thisMachine() throws {
    #expect(MachineLimits.peakMemory() > 1 << 20)
    #expect(try #require(MachineLimits.hostMemory()).bytes > 1 << 20)
    let folder = FileManager.default.temporaryDirectory.path
    let free = try #require(MachineLimits.disk(folder))
    #expect(free.bytes > 0)
    // A folder that is still to be made lies where the one above it lies.
    #expect(MachineLimits.disk(folder + "/none/below")?.source == free.source)
  }
}
