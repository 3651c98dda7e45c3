import Dist
import Plan

extension Session {
  /// Throws `LimitError`, on every rank alike, where the disk has no room for `files` in the output folder. Collective.
  func check(disk files: [(name: String, bytes: Int)]) throws {
    try communicator.collectively {
      guard leads, !limits.areIgnored else { return }
      try LimitCheck.disk(files, folder.path)
    }
  }
}
