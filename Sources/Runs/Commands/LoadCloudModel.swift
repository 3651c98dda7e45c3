import IO
import LCFT
import Models
import Support

extension Session {
  /// The checkpoint to fine-tune from: what `path` is or holds, else the cloud model of the output folder. Throws
  /// `RunError.noCheckpoint` where there is none. Collective.
  func cloudCheckpoint(_ path: String?) throws -> String {
    let found = try communicator.collectively {
      guard leads else { return "" }
      return try path.map(RunFolder.cloudCheckpoint(at:)) ?? folder.cloudCheckpoint()
    }
    return try communicator.broadcast(found, from: 0)
  }
}

/// Loads the cloud model of a checkpoint, as `Session.cloudCheckpoint` finds it once: a training that goes on in that
/// folder must not put another model in its place between the check and the run.
package struct LoadCloudModel: RunCommand {
  private let session: Session
  private let path: String?
  private let store: ModelStore
  private let found = Found()

  /// The checkpoint and its content's digest, once they have been asked for; the same on every rank.
  private final class Found {
    var path: String?
    var digest: String?
  }

  package init(_ session: Session, _ inputs: Inputs, path: String?) {
    self.session = session
    self.path = path
    store = ModelStore(session: session, inputs: inputs)
    if let path, !FileStatus.isFolder(path) { session.reads([path]) }
  }

  private func checkpoint() throws -> String {
    if let path = found.path { return path }
    let path = try session.cloudCheckpoint(path)
    found.path = path
    return path
  }

  package func check() throws {
    let path = try checkpoint()
    try session.communicator.collectively {
      if session.leads { try store.check(try CheckpointFile.readOutline(path), file: path) }
    }
  }

  package func preview() throws -> RunPreview { RunPreview(reads: [try checkpoint()], work: []) }

  /// The digest of the checkpoint's content, before the model is loaded.
  func digest() throws -> String {
    if let digest = found.digest { return digest }
    let path = try checkpoint()
    let own = try session.communicator.collectively { session.leads ? try ModelStore.digest(of: path) : "" }
    let digest = try session.communicator.broadcast(own, from: 0)
    found.digest = digest
    return digest
  }

  /// Throws `RunError.changed` where the checkpoint is no longer the one whose digest was asked for.
  package func run() throws -> CloudModel {
    let path = try checkpoint()
    let weights = try store.newWeights()
    let loaded = try store.load(path, into: weights)
    guard found.digest ?? loaded.digest == loaded.digest else { throw RunError.changed(file: path) }
    session.say("cloud model: \(path), epoch \(loaded.progress.epoch)")
    var model = CloudModel(
      weights: weights, path: path, digest: loaded.digest, losses: loaded.progress.losses)
    model.evaluations = loaded.progress.evaluations
    model.best = model.evaluations.firstIndex { $0.step == loaded.progress.step }
    return model
  }
}
