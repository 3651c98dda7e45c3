import IO
import Models
import Support

extension RandomPurpose {
  /// The order of a user's samples in a fine-tuning: by (user, epoch).
  package static let fineTuningOrder = RandomPurpose("fine-tuning order")
}

/// One user's model at a time: the submodel (the rows of the user's own items, values and id, and the
/// dense layers), fine-tuned and scored any number of times.
///
/// For each user in turn: `begin`, then `gather` what the user's samples touch, then any number of times
/// `use` a whole model to start from, the cloud model or a group's, `fineTune`, and `score`. Rows are
/// numbered and batches assembled once per user; `use` exchanges the weights alone.
///
/// Whole models are only read, so users may be processed in any order, on any rank, with the same bits.
package final class UserModel {
  /// The cloud model.
  package let cloud: Weights
  let job: Job
  let model: any Model
  let assembler: BatchAssembler
  let builder: SubmodelBuilder
  let userWeights: UserWeights
  /// Numbers the rows that one batch touches; nil where the optimiser does not ask for them.
  let touched: SubmodelBuilder?
  /// Memory that lives for one user.
  package let userArena = Arena(bytes: 1 << 20)
  /// Memory that lives for one pass.
  let passArena = Arena(bytes: 1 << 22)
  private let pass: Pass
  /// What every fine-tuning from the same weights begins with.
  private let first: FirstStep
  /// The model that the user's weights were copied from; nil before `gather`.
  private(set) var source: Weights?
  var shuffled = GrowableBuffer<SampleReference>()
  var byClass = GrowableBuffer<SampleReference>()
  /// The passes over the user's samples that are assembled already.
  var passes = GrowableBuffer<PreparedPass>(capacity: 16)

  /// Samples per call when only scores are wanted: enough for efficient products, few enough for the cache.
  package static let scoringBatch = 256

  /// `cloud` is the cloud model.
  package init(job: Job, dataset: Dataset, weights cloud: Weights) {
    self.job = job
    self.cloud = cloud
    let model = job.makeModel()
    self.model = model
    assembler = BatchAssembler(job: job, dataset: dataset)
    builder = SubmodelBuilder(layout: model.layout, job.model, dataset: dataset)
    let optimizer = job.fineTuning.optimizer
    userWeights = UserWeights(cloud: cloud, optimizer: optimizer)
    touched =
      optimizer.slots.isEmpty
      ? nil : SubmodelBuilder(layout: model.layout, job.model, dataset: dataset)
    pass = Pass(
      layout: model.layout, arena: passArena, normalization: .moving, parameters: cloud.dense,
      statistics: cloud.statistics, gradients: userWeights.gradients.dense)
    first = FirstStep(
      job: job, weights: userWeights, statistics: cloud.statistics, userArena: userArena)
  }

  /// Forgets the previous user; what was taken from `userArena` is invalid afterwards.
  package func begin() {
    userArena.reset()
    passes.removeAll()
    source = nil
  }

  /// Gathers the submodel of everything that `train` and `test` touch, of which one may be empty: numbers its
  /// rows, and copies them out of the cloud model. Once after `begin`; only these samples can be fine-tuned
  /// on and scored.
  package func gather(
    _ train: UnsafeMutableBufferPointer<SampleReference>, _ test: UnsafeMutableBufferPointer<SampleReference>
  ) {
    precondition(source == nil, "a user's samples are gathered once")
    noteRows(train, test)
    userWeights.prepare(for: builder, in: userArena)
    load(cloud)
  }

  /// Numbers the rows that these samples touch.
  func noteRows(
    _ train: UnsafeMutableBufferPointer<SampleReference>, _ test: UnsafeMutableBufferPointer<SampleReference>
  ) {
    builder.begin()
    builder.beginShard()
    note(train)
    note(test)
    builder.finishShard()
  }

  private func note(_ samples: UnsafeMutableBufferPointer<SampleReference>) {
    // A piece at a time: all items as candidates, with a history each, would fill the memory.
    for start in stride(from: 0, to: samples.count, by: UserModel.notedSamples) {
      let end = min(start + UserModel.notedSamples, samples.count)
      passArena.reset()
      builder.note(
        assemble(UnsafeMutableBufferPointer(rebasing: samples[start..<end]), in: passArena), shard: 0)
    }
  }

  private static let notedSamples = 1 << 14

  /// h_i = h: starts again from the whole model `weights`, with zeroed optimiser state.
  package func use(_ weights: Weights) {
    precondition(source != nil, "the user's rows were gathered")
    if source === weights {
      userWeights.restore()
      useWeights()
    } else {
      load(weights)
    }
  }

  private func load(_ weights: Weights) {
    source = weights
    userWeights.load(weights, from: builder)
    pass.statistics = weights.statistics
    first.begin(statistics: weights.statistics)
    useWeights()
  }

  /// Passes go over the user's weights as they are.
  func useWeights() { (pass.parameters, pass.submodel) = userWeights.current }

  /// Passes over `samples` in random order, keyed by the job's seed and `user`: the same for all settings.
  package func fineTune(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, user: Int, _ settings: TuningSettings
  ) throws {
    for epoch in 0..<settings.epochs {
      for batch in batches(samples, user: user, epoch: epoch, size: settings.batchSize) {
        try step(batch, settings)
      }
    }
  }

  /// Says that fine-tunings of these `settings` on `samples` will start from the weights as they were loaded: what their
  /// first steps have in common is then computed once, with the same bits.
  package func expect(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, user: Int, _ settings: TuningSettings
  ) {
    guard settings.epochs > 0 else { return }
    let batches = batches(samples, user: user, epoch: 0, size: settings.batchSize)
    first.expect(settings.labels, batches[0].batch)
  }

  /// Computes what expected fine-tunings have in common now, and not at the first of them.
  package func prepareExpected() throws { try first.sumExpected() }

  private func step(_ prepared: PreparedBatch, _ settings: TuningSettings) throws {
    let gradients =
      userWeights.isPristine
      ? try first.gradients(settings.labels, prepared.batch)
      : StepGradients(try gradients(prepared.batch, settings))
    userWeights.step(
      gradients, rate: settings.learningRate, settings.trained, touched: prepared.touched)
    useWeights()
  }

  /// The gradient of the mean loss of `batch` on corrected labels, and of the pull, by the weights as they are. At the
  /// loaded weights, where `FirstStep` serves, nothing pulls.
  private func gradients(_ batch: Batch, _ settings: TuningSettings) throws -> Gradients {
    let corrected = settings.labels
    passArena.reset()
    let count = batch.partition.count
    let labels = passArena.take(count, of: Float.self)
    for b in 0..<count { labels[b] = corrected.label(of: batch.labels[b]) }
    let dlogits = Matrix(batch.partition, columns: 1, in: passArena)
    let loss = passArena.take(1, of: Double.self)
    userWeights.zeroGradients()
    job.loss.evaluate(
      try model.forward(batch, pass), offset: corrected.logitOffset, labels: labels, batchCount: count,
      sums: loss, dlogits: dlogits)
    try model.backward(dlogits, batch, pass)
    if settings.mu > 0 { userWeights.addPull(settings.mu) }
    return userWeights.gradients
  }

  /// The logits of `samples` by the user's weights as they are.
  package func score(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, into logits: UnsafeMutablePointer<Float>
  ) throws {
    var done = 0
    let batches = batches(samples, user: 0, epoch: nil, size: UserModel.scoringBatch)
    let mayBeFirst = userWeights.isPristine && batches.count == 1
    for prepared in batches {
      passArena.reset()
      let batch = prepared.batch
      let scores =
        mayBeFirst && first.takes(batch) ? try first.forward(batch) : try model.forward(batch, pass)
      for b in 0..<batch.partition.count {
        logits[done + (prepared.places.map { Int($0[b]) } ?? b)] = scores.values[b]
      }
      done += batch.partition.count
    }
  }

  /// The same, in memory of `userArena`.
  package func logits(
    of samples: UnsafeMutableBufferPointer<SampleReference>
  ) throws -> UnsafeMutablePointer<Float> {
    let logits = userArena.take(samples.count, of: Float.self)
    if !samples.isEmpty { try score(samples, into: logits) }
    return logits
  }

  /// The mean loss of scored samples under `labels`.
  package func meanLoss(
    _ logits: UnsafePointer<Float>, _ samples: UnsafeMutableBufferPointer<SampleReference>,
    _ labels: CorrectedLabels
  ) -> Double {
    var sum = 0.0
    for i in 0..<samples.count {
      sum += job.loss.value(
        logit: Double(logits[i]) + labels.logitOffset, label: Double(labels.label(of: samples[i].label)))
    }
    return sum / Double(samples.count)
  }
}
