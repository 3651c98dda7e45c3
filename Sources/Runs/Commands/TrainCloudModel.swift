import Dist
import IO
import LCFT
import Models
import Support

/// `lcft train`: trains the cloud model on all ranks, with a checkpoint after every epoch and, within epochs,
/// as the job says. With a checkpoint in the output folder (a resumed run) it continues from the newest.
package struct TrainCloudModel: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let store: ModelStore

  package init(_ session: Session, _ inputs: Inputs) {
    self.session = session
    self.inputs = inputs
    store = ModelStore(session: session, inputs: inputs)
  }

  package func check() throws {
    guard inputs.dataset.train.count > 0 else { throw TrainingError.noSamples }
    try session.communicator.collectively { try JudgedTraining.check(inputs.dataset, inputs) }
    guard let path = try newestCheckpoint() else { return }
    try store.checkResumable(path) {
      try JudgedTraining.checkBest(session.folder.best, $0.progress, store)
    }
  }

  package func preview() throws -> RunPreview {
    let (settings, rule) = (inputs.job.training, inputs.job.validation)
    let held = rule.last.map { inputs.dataset.heldOut($0).samples } ?? 0
    let samples = inputs.dataset.train.count - held
    let from = try newestCheckpoint()
    let done = try session.communicator.collectively {
      guard session.leads, let from else { return 0 }
      let progress = try CheckpointFile.readProgress(from)
      return rule.ends(after: progress.evaluations) ? settings.epochs : progress.epoch
    }
    let work =
      done >= settings.epochs
      ? "no training: the cloud model is finished"
      : "train \(inputs.job.model.name) on \(counted(samples, "sample"))"
        + (held > 0 ? ", with \(held) held out to judge it by, " : ", ")
        + (rule.patience == nil ? "" : "at most ")
        + "\(counted(settings.epochs - done, "epoch")) in batches of \(settings.batchSize)"
        + (from.map { ", going on from \($0)" } ?? "") + ", on \(counted(session.communicator.size, "rank"))"
    return RunPreview(
      reads: [from].compactMap(\.self), work: [work],
      writes: done >= settings.epochs
        ? []
        : [RunFolder.catalogueName] + (held > 0 ? ["checkpoint-best.h5"] : [])
          + (done + 1...settings.epochs).map { "checkpoint-epoch-\($0).h5" })
  }

  /// The model and its part of the summary, which is complete on rank 0.
  package func run() throws -> (model: CloudModel, summary: RunSummary.CloudTraining) {
    let job = inputs.job
    let training = try JudgedTraining(session, inputs, on: inputs.dataset, best: session.folder.best)
    let trainer = training.trainer
    let catalogue = try writeCatalogue()
    var position = TrainingPosition()
    var lastGood: String?
    var digest = ""
    if let path = try newestCheckpoint() {
      (position, digest) = try store.resume(trainer, from: path, epochs: job.training.epochs) { _ in }
      lastGood = path
      // A checkpoint within an epoch that a later epoch's checkpoint makes useless.
      if path != session.folder.latestStep { try session.remove(session.folder.latestStep) }
    } else {
      try store.initialize(trainer.weights)
    }
    var run = TrainingRun(
      trainer, epochs: job.training.epochs, settings: job.training, communicator: session.communicator)
    func hint() -> String { lastGood.map { "last good checkpoint: \($0)" } ?? "no checkpoint yet" }
    run.lastCheckpoint = hint
    run.stopHint = session.stopHint("training")
    run.save = { position in
      digest = try store.write(
        trainer, position, catalogue: catalogue, to: session.folder.latestStep, lastGood: hint())
      lastGood = session.folder.latestStep
    }
    run.afterEpoch = { position in
      let path = session.folder.checkpoint(epoch: position.epoch)
      digest = try store.write(trainer, position, catalogue: catalogue, to: path, lastGood: hint())
      lastGood = path
      try session.remove(session.folder.latestStep)
    }
    training.judge(&run, catalogue: catalogue, lastGood: hint)
    let end = try session.follow(run, from: position, epochs: job.training.epochs, name: "epoch")
    let model = try training.model(at: end, digest: digest)
    return (model, try summary(of: trainer, model))
  }

  /// Writes the catalogue of the data set beside the checkpoints, unless it is there; its name on rank 0. Collective.
  private func writeCatalogue() throws -> Checkpoint.CatalogueName? {
    try session.communicator.collectively {
      guard session.leads else { return nil }
      let catalogue = Catalogue(of: inputs.dataset, digest: inputs.datasetDigest)
      let (path, digest) = (session.folder.catalogue, catalogue.contentDigest())
      let isThere = try session.folder.holds(path) && FileHeader.read(path).contentDigest == digest
      if !isThere {
        try CatalogueFile.write(catalogue, to: path)
      }
      return Checkpoint.CatalogueName(file: RunFolder.catalogueName, digest: digest)
    }
  }

  private func summary(of trainer: CloudTrainer, _ model: CloudModel) throws -> RunSummary.CloudTraining {
    var summary = RunSummary.CloudTraining(model)
    summary.samples = trainer.sampleCount
    let timing = trainer.timing
    guard timing.steps > 0 else { return summary }
    summary.samplesPerSecond = Double(timing.samples) / timing.seconds
    summary.seconds = timing.seconds
    summary.stepsPerEpoch = trainer.stepsPerEpoch
    summary.ranks = try session.rankTimes(of: timing)
    return summary
  }

  /// The checkpoint of the cloud training that has done the most steps; nil if there is none. Throws where
  /// another job or data set made it.
  private func newestCheckpoint() throws -> String? {
    guard session.start == .resume else { return nil }
    let path = try session.communicator.collectively {
      session.leads ? try session.folder.newestCheckpoint() ?? "" : ""
    }
    let shared = try session.communicator.broadcast(path, from: 0)
    return shared.isEmpty ? nil : shared
  }
}

/// `lcft train`: `TrainCloudModel` with a summary.
package struct TrainFromJob: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let training: TrainCloudModel

  package init(_ session: Session, _ inputs: Inputs) {
    self.session = session
    self.inputs = inputs
    training = TrainCloudModel(session, inputs)
  }

  package func check() throws { try training.check() }

  package func preview() throws -> RunPreview {
    try training.preview() + RunPreview(work: [], writes: ["summary.json"])
  }

  /// The summary, which is written.
  package func run() throws -> RunSummary {
    let (model, trained) = try training.run()
    let summary = inputs.summary(of: model, trained, in: session)
    try session.write(summary)
    return summary
  }
}

extension Session {
  /// The checkpoint to fine-tune from: `path`, or of the output folder the best, where the training was validated, or the
  /// latest. Throws `RunError.noCheckpoint` where there is none. Collective.
  func cloudCheckpoint(_ path: String?) throws -> String {
    if let path { return path }
    if try leaderFinds(folder.holds(folder.best)) { return folder.best }
    let latest = try communicator.broadcast(leads ? folder.latestCheckpoint() ?? 0 : 0, from: 0)
    guard latest > 0 else { throw RunError.noCheckpoint(folder: folder.path) }
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
    var model = CloudModel(weights: weights, digest: loaded.digest, losses: loaded.progress.losses)
    model.evaluations = loaded.progress.evaluations
    model.best = model.evaluations.firstIndex { $0.step == loaded.progress.step }
    return model
  }
}
