import Dist
import IO
import LCFT
import Models
import Support

/// `lcft train`: trains the cloud model on all ranks, with a checkpoint after every epoch and, within epochs,
/// as the job says. With a checkpoint in the output folder (a resumed run) it continues from the newest. A training that
/// begins may go on from the model of an earlier one, on other data.
package struct TrainCloudModel: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let store: ModelStore
  private let warmStart: WarmStartSource?

  package init(_ session: Session, _ inputs: Inputs, warmStart: WarmStartSource? = nil) {
    self.session = session
    self.inputs = inputs
    self.warmStart = warmStart
    store = ModelStore(session: session, inputs: inputs)
  }

  package func check() throws {
    guard inputs.job.training.epochs > 0 || warmStart != nil else { throw TrainingError.noEpochs }
    try inputs.job.training.check(samples: inputs.dataset.train.count)
    try session.communicator.collectively { try JudgedTraining.check(inputs.dataset, inputs) }
    let parent = try warmStart?.checkpoint(in: session)
    session.reads([parent])
    if let path = try newestCheckpoint() {
      try store.checkResumable(path) {
        try checkParent(of: $0, at: path, is: parent)
        try JudgedTraining.checkBest(session.folder.best, $0.progress, store)
      }
    } else if let warmStart, let parent {
      _ = try store.preview(warmStart.choice, from: parent)
    }
  }

  /// Throws where the training that wrote `checkpoint` goes on from another model than the one at `parent`, or in another
  /// way. On rank 0.
  private func checkParent(of checkpoint: Checkpoint, at path: String, is parent: String?) throws {
    let found = checkpoint.parent.map { start($0.digest, optimizer: $0.optimizer, newRows: $0.newRows) }
    let wanted = try parent.flatMap { parent in
      try warmStart.map {
        start(
          try ModelStore.digest(of: parent), optimizer: $0.choice.optimizer.rawValue,
          newRows: $0.choice.newRows.rawValue)
      }
    }
    guard found == wanted else { throw CheckpointMismatch.parent(file: path, found: found, wanted: wanted) }
  }

  private func start(_ digest: String, optimizer: String, newRows: String) -> String {
    "\(digest.prefix(12))... (--warm-start-optimizer \(optimizer), --warm-start-rows \(newRows))"
  }

  package func preview() throws -> RunPreview {
    let (settings, rule) = (inputs.job.training, inputs.job.validation)
    let held = rule.last.map { inputs.dataset.heldOutSamples($0) } ?? 0
    let samples = inputs.dataset.train.count - held
    let from = try newestCheckpoint()
    let done = try session.communicator.collectively {
      guard session.leads, let from else { return 0 }
      let progress = try CheckpointFile.readProgress(from)
      return rule.ends(after: progress.evaluations) ? settings.epochs : progress.epoch
    }
    var work: [String] = []
    if from == nil, let warmStart {
      let parent = try warmStart.checkpoint(in: session)
      let account = try store.preview(warmStart.choice, from: parent)
      work = account?.lines ?? []
    }
    let isDone = from != nil && done >= settings.epochs
    work.append(
      isDone || settings.epochs == 0
        ? "no training: the cloud model is finished"
        : "train \(inputs.job.model.name) on \(counted(samples, "sample"))"
          + (held > 0 ? ", with \(held) held out to judge it by, " : ", ")
          + (rule.patience == nil ? "" : "at most ")
          + "\(counted(settings.epochs - done, "epoch")) in batches of \(settings.batchSize)"
          + (from.map { ", going on from \($0)" } ?? "")
          + ", on \(counted(session.communicator.size, "rank"))")
    // Without epochs the model that the training goes on from is written.
    let written = settings.epochs == 0 ? 0...0 : done + 1...max(done + 1, settings.epochs)
    return RunPreview(
      reads: [from].compactMap(\.self), work: work,
      writes: isDone
        ? []
        : [RunFolder.catalogueName] + (held > 0 ? ["checkpoint-best.h5"] : [])
          + written.map { "checkpoint-epoch-\($0).h5" })
  }

  /// The model and its part of the summary, which is complete on rank 0.
  package func run() throws -> (model: CloudModel, summary: RunSummary.CloudTraining) {
    let job = inputs.job
    let training = try JudgedTraining(session, inputs, on: inputs.dataset, best: session.folder.best)
    let trainer = training.trainer
    let catalogue = try store.writeCatalogue()
    var position = TrainingPosition()
    var lastGood: String?
    var digest = ""
    var parent: Checkpoint.Parent?
    if let path = try newestCheckpoint() {
      let resumed = try store.resume(trainer, from: path, epochs: job.training.epochs) { _ in }
      (position, digest, parent) = (resumed.position, resumed.loaded.digest, resumed.loaded.parent)
      lastGood = path
      // A checkpoint within an epoch that a later epoch's checkpoint makes useless.
      if path != session.folder.latestStep { try session.remove(session.folder.latestStep) }
    } else if let warmStart {
      let path = try warmStart.checkpoint(in: session)
      let found = try store.warmStart(trainer, warmStart.choice, from: path)
      for line in ["warm start: \(path)"] + found.lines { session.say(line) }
      parent = found
      if job.training.epochs == 0 {
        digest = try store.write(
          trainer, position, catalogue: catalogue, parent: parent, to: session.folder.checkpoint(epoch: 0),
          lastGood: path)
      }
    } else {
      try store.initialize(trainer.weights)
    }
    let origin = parent
    var run = TrainingRun(
      trainer, epochs: job.training.epochs, settings: job.training, communicator: session.communicator)
    func hint() -> String { lastGood.map { "last good checkpoint: \($0)" } ?? "no checkpoint yet" }
    run.lastCheckpoint = hint
    run.stopHint = session.stopHint("training")
    run.save = { position in
      digest = try store.write(
        trainer, position, catalogue: catalogue, parent: origin, to: session.folder.latestStep,
        lastGood: hint())
      lastGood = session.folder.latestStep
    }
    run.afterEpoch = { position in
      let path = session.folder.checkpoint(epoch: position.epoch)
      digest = try store.write(
        trainer, position, catalogue: catalogue, parent: origin, to: path, lastGood: hint())
      lastGood = path
      try session.remove(session.folder.latestStep)
    }
    training.judge(&run, catalogue: catalogue, parent: origin, lastGood: hint)
    let end = try session.follow(run, from: position, epochs: job.training.epochs, name: "epoch")
    let model = try training.model(at: end, path: session.folder.checkpoint(epoch: end.epoch), digest: digest)
    var summary = try summary(of: trainer, model)
    summary.warmStart = parent
    return (model, summary)
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
    summary.exchange = try session.exchange(of: timing)
    return summary
  }

  /// The checkpoint of the cloud training that has done the most steps; nil if there is none, or the run is not resumed.
  /// Collective.
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

  package init(_ session: Session, _ inputs: Inputs, warmStart: WarmStartSource? = nil) {
    self.session = session
    self.inputs = inputs
    training = TrainCloudModel(session, inputs, warmStart: warmStart)
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
