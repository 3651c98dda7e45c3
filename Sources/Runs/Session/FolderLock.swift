import Foundation
import IO
import Support

/// Keeps a second run out of an output folder: the file `.lcft.lock`, which names the host, the process and
/// the time of the run that works there. Of several runs, on any hosts that share the folder, one gets it.
///
/// The lock is released with its owner. A lock of a process on this host that has ended is taken over, and that of an earlier
/// start of the same job of Slurm; any other lock of another host cannot be judged from here.
package final class FolderLock: Sendable {
  static let name = ".lcft.lock"
  private let path: String
  private let text: String

  /// Locks `folder`, which exists. Waits up to `patience` seconds for a rank on this host that a killed
  /// mpirun has left behind and that will soon notice. Throws `RunError.inUse`, and `FileError`.
  init(_ folder: String, patience: Double = 10) throws {
    path = FileStatus.path(of: FolderLock.name, in: folder)
    text = LockHolder(process: getpid()).text
    let deadline = Date(timeIntervalSinceNow: patience)
    while try !AtomicFile.create(text, at: path) {
      // Released in the meantime.
      guard let found = try FolderLock.text(of: path) else { continue }
      let holder = LockHolder(found)
      if holder.isGone {
        FolderLock.remove(path, holding: found)
      } else if !holder.isOfThisHost || !holder.isOrphan || Date() > deadline {
        throw FolderLock.inUse(folder, by: holder)
      } else {
        usleep(100_000)
      }
    }
  }

  /// Throws `RunError.inUse` where a run works in `folder`, and changes nothing.
  static func check(_ folder: String) throws {
    guard let holder = try holder(of: folder), !holder.isGone else { return }
    throw inUse(folder, by: holder)
  }

  private static func inUse(_ folder: String, by holder: LockHolder) -> RunError {
    let lock = "\(folder)/\(name)"
    guard holder.isNamed else { return .namelessLock(lock: lock) }
    return .inUse(
      folder: folder, host: holder.isOfThisHost ? nil : holder.host, process: Int(holder.process),
      since: holder.since, lock: lock)
  }

  /// Who holds the lock of `folder`; nil where nobody does.
  package static func holder(of folder: String) throws(SystemError) -> LockHolder? {
    guard let text = try text(of: "\(folder)/\(name)") else { return nil }
    return LockHolder(text)
  }

  /// What a lock says; nil where there is none.
  private static func text(of path: String) throws(SystemError) -> String? {
    guard let bytes = try TextFile.start(of: path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes the lock that a process of this host has left which is gone, and what else such processes have left half done:
  /// after a loss of power it may lie in the folder of a run that has ended.
  package static func removeAbandoned(in folder: String) {
    AtomicFile.removeLeftovers(in: folder)
    let path = FileStatus.path(of: name, in: folder)
    if let found = try? text(of: path), LockHolder(found).isGone { remove(path, holding: found) }
  }

  deinit { FolderLock.remove(path, holding: text) }

  /// Removes the lock if it says `text`. It is renamed first: of several processes that find the same lock
  /// one removes it, and none removes a lock that another has made in the meantime.
  private static func remove(_ path: String, holding text: String) {
    guard (try? FolderLock.text(of: path)) == text else { return }
    let aside = "\(path).\(AtomicFile.host)-\(getpid())-0.partial"
    guard rename(path, aside) == 0 else { return }
    if (try? FolderLock.text(of: aside)) != text { link(aside, path) }
    unlink(aside)
  }
}
