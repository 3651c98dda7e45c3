import Dist
import IO
import Models
import Support

extension Experiment {
  /// Trains the cloud model, with a checkpoint after every epoch, and returns it, whole on every rank.
  /// With a checkpoint in the output folder (a resumed run) goes on after its epoch.
  public func train() throws -> Weights {
    let (weights, state) = try makeTrainingState()
    var losses: [Double] = []
    let found = try communicator.broadcast(leads ? folder.latestCheckpoint() ?? 0 : 0, from: 0)
    if found > 0 {
      let checkpoint = try loadCheckpoint(folder.checkpoint(epoch: found), into: weights, state)
      losses = checkpoint.losses
      say("going on after epoch \(found) of \(folder.checkpoint(epoch: found))")
    } else {
      try initialize(weights)
    }
    let trainer = try trainEpochs(
      found..<max(found, job.training.epochs), on: dataset, weights, state, name: "epoch",
      hint: { $0 == 0 ? "no checkpoint yet" : "last good checkpoint: \(folder.checkpoint(epoch: $0))" },
      afterEpoch: { loss, trainer in
        losses.append(loss)
        try writeCheckpoint(
          weights, state, epoch: losses.count, stepsPerEpoch: trainer.stepsPerEpoch, losses: losses)
      })
    summary.cloudTraining = RunSummary.CloudTraining(loss: losses)
    let timing = trainer.timing
    if timing.steps > 0 {
      summary.cloudTraining?.samplesPerSecond = Double(timing.samples) / timing.seconds
      summary.cloudTraining?.seconds = timing.seconds
      summary.cloudTraining?.stepsPerEpoch = trainer.stepsPerEpoch
      summary.cloudTraining?.ranks = try rankTimes(of: timing)
    }
    return weights
  }

  /// Trains `weights` for some epochs on the training part of `dataset`; they are whole on every rank when
  /// `afterEpoch` gets an epoch's mean loss. `name` stands before the epoch's number in the progress, `hint`
  /// says of an epoch what a training that diverges may go back to.
  func trainEpochs(
    _ epochs: Range<Int>, on dataset: Dataset, _ weights: Weights, _ state: OptimizerState, name: String,
    hint: (Int) -> String, afterEpoch: (Double, CloudTrainer) throws -> Void
  ) throws -> CloudTrainer {
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: state, communicator: communicator,
      node: sharing.node, clock: clock)
    for epoch in epochs {
      let meter = ProgressMeter(
        "\(name) \(epoch + 1)/\(job.training.epochs)", unit: "steps", total: Double(trainer.stepsPerEpoch))
      var recent = 0.0
      let loss = try trainer.train(epoch: epoch, lastCheckpoint: hint(epoch)) { step, stepLoss in
        recent = step == 1 ? stepLoss : 0.98 * recent + 0.02 * stepLoss
        if leads { meter.update(Double(step), note: "loss \(text(recent, 4))") }
      }
      if leads { meter.finish(Double(trainer.stepsPerEpoch), note: "mean loss \(text(loss, 5))") }
      try trainer.shareUserRows()
      try afterEpoch(loss, trainer)
    }
    return trainer
  }

  /// Reads a checkpoint on every rank and checks that this job and data set could have made it. Without
  /// `state` the optimiser's state is not looked at: a fine-tuning starts its own.
  func loadCheckpoint(
    _ path: String, into weights: Weights, _ state: OptimizerState? = nil
  ) throws -> Checkpoint.Progress {
    try load(weights, state) {
      let checkpoint = try CheckpointFile.read(path)
      guard checkpoint.model == job.model.name else {
        throw CheckpointMismatch.model(file: path, found: checkpoint.model, wanted: job.model.name)
      }
      guard checkpoint.datasetDigest == datasetDigest else { throw CheckpointMismatch.dataset(file: path) }
      let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
      if let change = job.firstTrainingChange(from: earlier) {
        throw RunError.changed(file: path, setting: change.setting, found: change.old, wanted: change.new)
      }
      try weights.load(checkpoint, file: path)
      try state?.tensors(for: weights).load(checkpoint.optimizer, group: "/optimizer", file: path)
      if leads { summary.digest.checkpoint = checkpoint.contentDigest() }
      return checkpoint.progress
    }
  }

  private func writeCheckpoint(
    _ weights: Weights, _ state: OptimizerState, epoch: Int, stepsPerEpoch: Int, losses: [Double]
  ) throws {
    let start = clock.now()
    defer { clock.end(.checkpoint, since: start) }
    try communicator.collectively {
      guard leads else { return }
      let checkpoint = Checkpoint(
        model: job.model.name, dense: weights.denseTensors.map(\.tensor),
        embeddings: weights.embeddingTensors.map(\.tensor),
        optimizer: state.tensors(for: weights).map(\.tensor),
        progress: Checkpoint.Progress(
          epoch: epoch, step: epoch * stepsPerEpoch, seed: job.seed, losses: losses),
        job: job.text, datasetDigest: datasetDigest)
      try CheckpointFile.write(checkpoint, to: folder.checkpoint(epoch: epoch))
      summary.digest.checkpoint = checkpoint.contentDigest()
    }
  }
}

extension Optimizer {
  /// A setting of Adam as text, none for other optimisers.
  fileprivate func setting(_ path: KeyPath<Adam, Double>) -> String {
    if case .adam(let settings) = self { "\(settings[keyPath: path])" } else { "none" }
  }
}

extension Job {
  /// The first setting that cloud training depends on and that differs from `earlier`, except the number of
  /// epochs: a training may go on for longer.
  func firstTrainingChange(from earlier: Job) -> (setting: String, old: String, new: String)? {
    let settings: [(String, (Job) -> String)] = [
      ("model.name", { $0.model.name }),
      ("model.user_embedding", { "\($0.model.userWidth)" }),
      ("model.item_embedding", { "\($0.model.itemWidth)" }),
      ("model.category_embedding", { "\($0.model.categoryWidth)" }),
      ("model.attention", { "\($0.model.attention)" }),
      ("model.attention_input", { $0.model.attentionInput.rawValue }),
      ("model.hidden", { "\($0.model.hidden)" }),
      ("model.products", { $0.model.products.rawValue }),
      ("model.cross_layers", { "\($0.model.crossLayers)" }),
      ("model.gru", { "\($0.model.recurrent)" }),
      ("model.action_embedding", { "\($0.model.actionWidth)" }),
      ("model.genome", { $0.genome.rawValue }),
      ("model.histories", { $0.model.histories.joined(separator: ", ") }),
      ("model.history_length", { "\($0.historyLength)" }),
      ("loss", { $0.loss.rawValue }),
      ("seed", { "\($0.seed)" }),
      ("training.batch_size", { "\($0.training.batchSize)" }),
      ("training.learning_rate", { "\($0.training.learningRate)" }),
      ("training.learning_rate_decay", { "\($0.training.learningRateDecay)" }),
      ("training.optimizer", { $0.training.optimizer.name }),
      ("training.beta1", { $0.training.optimizer.setting(\.beta1) }),
      ("training.beta2", { $0.training.optimizer.setting(\.beta2) }),
      ("training.epsilon", { $0.training.optimizer.setting(\.epsilon) }),
      ("training.virtual_shards", { "\($0.training.virtualShards)" }),
    ]
    for (setting, value) in settings where value(self) != value(earlier) {
      return (setting, value(earlier), value(self))
    }
    return nil
  }
}
