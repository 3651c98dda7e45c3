import Dist
import IO

extension Session {
  /// Throws `FileError.otherSettings`, on every rank alike, where an interrupted run has left the journal `path` of
  /// other settings than `wanted`. The cloud model is compared where it is known already. Collective.
  func check(journal path: String, are wanted: Journal.Settings, cloudModelIsKnown: Bool = true) throws {
    guard try keeps(path) else { return }
    try communicator.collectively {
      guard leads, let found = try Journal.settings(of: path) else { return }
      let compared = [found, wanted].map { settings in
        settings.filter { cloudModelIsKnown || $0.name != Inputs.cloudModelSetting }
      }
      try Journal.check(compared[0], are: compared[1], file: path)
    }
  }
}
