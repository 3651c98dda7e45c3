import IO
import LCFT
import Models
import Support

extension Session {
  /// The checkpoint to fine-tune from: `path`, or of the output folder the best, where the training was validated, or the
  /// latest. Throws `RunError.noCheckpoint` where there is none. Collective.
  func cloudCheckpoint(_ path: String?) throws -> String {
    if let path { return path }
    if try leaderFinds(folder.holds(folder.best)) { return folder.best }
    let latest = try communicator.broadcast(
      try communicator.collectively { leads ? try folder.latestCheckpoint() ?? -1 : 0 }, from: 0)
    guard latest >= 0 else { throw RunError.noCheckpoint(folder: folder.path) }
    return folder.checkpoint(epoch: latest)
  }
}

/// Loads the cloud model of a checkpoint: `path`, or the latest of the output folder.
package struct LoadCloudModel: RunCommand {
  private let session: Session
  private let path: String?
  private let store: ModelStore

  package init(_ session: Session, _ inputs: Inputs, path: String?) {
    self.session = session
    self.path = path
    store = ModelStore(session: session, inputs: inputs)
    session.reads([path])
  }

  package func check() throws {
    let path = try session.cloudCheckpoint(path)
    try session.communicator.collectively {
      if session.leads { try store.check(try CheckpointFile.readOutline(path), file: path) }
    }
  }

  package func preview() throws -> RunPreview {
    RunPreview(reads: [try session.cloudCheckpoint(path)], work: [])
  }

  /// The content's digest as the checkpoint states it, before the model is loaded; nil where it does not.
  func statedDigest() throws -> String? {
    let path = try session.cloudCheckpoint(path)
    let digest = try session.communicator.collectively {
      session.leads ? try FileHeader.read(path).contentDigest ?? "" : ""
    }
    let shared = try session.communicator.broadcast(digest, from: 0)
    return shared.isEmpty ? nil : shared
  }

  package func run() throws -> CloudModel {
    let path = try session.cloudCheckpoint(path)
    let weights = try store.newWeights()
    let loaded = try store.load(path, into: weights)
    session.say("cloud model: \(path), epoch \(loaded.progress.epoch)")
    var model = CloudModel(
      weights: weights, path: path, digest: loaded.digest, losses: loaded.progress.losses)
    model.evaluations = loaded.progress.evaluations
    model.best = model.evaluations.firstIndex { $0.step == loaded.progress.step }
    return model
  }
}
