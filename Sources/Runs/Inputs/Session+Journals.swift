import Dist
import IO

extension Session {
  /// Throws `FileError.otherSettings`, on every rank alike, where an interrupted run has left the journal `path` of
  /// other settings than `wanted`. Collective.
  func check(journal path: String, are wanted: Journal.Settings) throws {
    guard try keeps(path) else { return }
    try communicator.collectively {
      guard leads, let found = try Journal.settings(of: path) else { return }
      try Journal.check(found, are: wanted, file: path)
    }
  }
}
