import Foundation
import IO
import Support

/// Who holds the lock of an output folder.
package struct LockHolder: Sendable, Equatable {
  package var host = "?"
  package var process: pid_t = 0
  /// The process's parent when the lock was made: mpirun, Slurm's step or a shell.
  var launcher: pid_t = 0
  /// When the process began, as its host counts it, so that a later process of the same number is not taken
  /// for it; empty where the system does not say.
  var begin = ""
  package var since = "?"
  /// Slurm's job and how often it had been queued again when the lock was made; empty outside of Slurm.
  var job = ""
  var restarts = 0

  init(process: pid_t) {
    (job, restarts) = LockHolder.ownJob
    host = AtomicFile.host
    self.process = process
    launcher = getppid()
    begin = LockHolder.begin(of: process)
    since = FileHeader.timestamp()
  }

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "host": host = parts[1]
      case "process": process = pid_t(parts[1]) ?? 0
      case "launcher": launcher = pid_t(parts[1]) ?? 0
      case "begin": begin = parts[1]
      case "since": since = parts[1]
      case "job": job = parts[1]
      case "restarts": restarts = Int(parts[1]) ?? 0
      default: continue
      }
    }
  }

  var text: String {
    "host \(host)\nprocess \(process)\nlauncher \(launcher)\nbegin \(begin)\nsince \(since)\n"
      + (job.isEmpty ? "" : "job \(job)\nrestarts \(restarts)\n")
  }

  /// Whether the lock says whose it is: one that was cut or emptied does not.
  package var isNamed: Bool { process > 0 }

  package var isOfThisHost: Bool { host == AtomicFile.host && isNamed }

  /// Whether the process, on this host, is still running.
  package var isAlive: Bool {
    // In this order, so that a process that ends meanwhile is seen to have ended.
    let now = LockHolder.begin(of: process)
    if ProcessStatus.hasEnded(process) { return false }
    return begin.isEmpty || now.isEmpty || begin == now
  }

  /// Whether the process has ended: it was on this host, or of an earlier start of the job that this process belongs to, whose
  /// processes Slurm has ended before it queued the job again. That of another one cannot be told from here.
  var isGone: Bool {
    let own = LockHolder.ownJob
    return isOfThisHost && !isAlive || !job.isEmpty && job == own.job && restarts < own.restarts
  }

  /// The job of Slurm that this process belongs to.
  private static var ownJob: (job: String, restarts: Int) {
    let environment = ProcessInfo.processInfo.environment
    return (environment["SLURM_JOB_ID"] ?? "", environment["SLURM_RESTART_COUNT"].flatMap(Int.init) ?? 0)
  }

  /// Whether the process has lost its launcher and so is about to end.
  var isOrphan: Bool { launcher > 0 && ProcessStatus.hasEnded(launcher) }

  /// The boot and the clock tick that the process began at; empty where the system does not say.
  static func begin(of process: pid_t) -> String {
    guard let tick = ProcessStatus.begin(of: process) else { return "" }
    let boot = SystemFile.text("/proc/sys/kernel/random/boot_id") ?? ""
    return boot.filter { !$0.isWhitespace } + "/" + tick
  }
}
