import Dist
import IO
import LCFT
import Support

/// The model that a training goes on from, as the command line names it.
package struct WarmStartSource: Sendable {
  /// A checkpoint, or the output folder of a run, of which it is the latest checkpoint of an epoch.
  package var path: String
  package var choice: WarmStartChoice

  package init(_ path: String, _ choice: WarmStartChoice = WarmStartChoice()) {
    self.path = path
    self.choice = choice
  }

  /// The checkpoint. Throws `RunError.noParent` where a folder has none. Collective.
  func checkpoint(in session: Session) throws -> String {
    let found = try session.communicator.collectively { () -> String in
      guard session.leads, FileStatus.isFolder(path) else { return path }
      let folder = RunFolder(path)
      guard let epoch = try folder.latestCheckpoint() else { throw RunError.noParent(folder: path) }
      return folder.checkpoint(epoch: epoch)
    }
    return try session.communicator.broadcast(found, from: 0)
  }
}
