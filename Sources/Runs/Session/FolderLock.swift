import Foundation
import IO
import Support

/// Keeps a second run out of an output folder: the file `.lcft.lock`, which names the host, the process and
/// the time of the run that works there. Of several runs, on any hosts that share the folder, one gets it.
///
/// The lock is released with its owner. A lock of a process on this host that has ended is taken over; a lock
/// of another host cannot be judged from here.
package final class FolderLock: Sendable {
  static let name = ".lcft.lock"
  private let path: String
  private let text: String

  /// Who holds a lock.
  private struct Holder: Equatable {
    var host = "?"
    var process: pid_t = 0
    /// The process's parent when the lock was made: mpirun, Slurm's step or a shell.
    var launcher: pid_t = 0
    /// When the process began, as its host counts it, so that a later process of the same number is not taken
    /// for it; empty where the system does not say.
    var begin = ""
    var since = "?"

    init(process: pid_t) {
      host = AtomicFile.host
      self.process = process
      launcher = getppid()
      begin = Holder.begin(of: process)
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
        default: continue
        }
      }
    }

    var text: String {
      "host \(host)\nprocess \(process)\nlauncher \(launcher)\nbegin \(begin)\nsince \(since)\n"
    }

    var isOfThisHost: Bool { host == AtomicFile.host && process > 0 }

    /// Whether the process, on this host, is still running.
    var isAlive: Bool {
      // In this order, so that a process that ends meanwhile is seen to have ended.
      let now = Holder.begin(of: process)
      if ProcessStatus.hasEnded(process) { return false }
      return begin.isEmpty || now.isEmpty || begin == now
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

  /// Locks `folder`, which exists. Waits up to `patience` seconds for a rank on this host that a killed
  /// mpirun has left behind and that will soon notice. Throws `RunError.inUse`, and `FileError`.
  init(_ folder: String, patience: Double = 10) throws {
    path = folder.hasSuffix("/") ? folder + FolderLock.name : "\(folder)/\(FolderLock.name)"
    text = Holder(process: getpid()).text
    let deadline = Date(timeIntervalSinceNow: patience)
    while try !AtomicFile.create(text, at: path) {
      // Released in the meantime.
      guard let found = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      let holder = Holder(found)
      guard holder.isOfThisHost else {
        throw RunError.inUse(
          folder: folder, host: holder.host, process: Int(holder.process), since: holder.since, lock: path)
      }
      if !holder.isAlive {
        FolderLock.remove(path, holding: found)
      } else if !holder.isOrphan || Date() > deadline {
        throw RunError.inUse(
          folder: folder, host: nil, process: Int(holder.process), since: holder.since, lock: path)
      } else {
        usleep(100_000)
      }
    }
  }

  deinit { FolderLock.remove(path, holding: text) }

  /// Removes the lock if it says `text`. It is renamed first: of several processes that find the same lock
  /// one removes it, and none removes a lock that another has made in the meantime.
  private static func remove(_ path: String, holding text: String) {
    guard (try? String(contentsOfFile: path, encoding: .utf8)) == text else { return }
    let aside = "\(path).\(AtomicFile.host)-\(getpid())-0.partial"
    guard rename(path, aside) == 0 else { return }
    if (try? String(contentsOfFile: aside, encoding: .utf8)) != text { link(aside, path) }
    unlink(aside)
  }
}
