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

/// Loads the cloud model of a checkpoint, as `Session.cloudCheckpoint` finds it.
package struct LoadCloudModel: RunCommand {
  private let session: Session
  private let path: String?
  private let store: ModelStore

  package init(_ session: Session, _ inputs: Inputs, path: String?) {
    self.session = session
    self.path = path
    store = ModelStore(session: session, inputs: inputs)
    session.reads([path].filter { $0.map { !FileStatus.isFolder($0) } ?? false })
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
