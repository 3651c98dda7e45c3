import Dist
import IO
import Models
import Support

/// What one method did for one user.
public struct MethodOutcome: Sendable {
  public var labels: CorrectedLabels
  /// NaN where `aucStatus` is not `.defined`.
  public var auc: Double
  public var aucStatus: Results.AUCStatus
  /// Mean loss of the training samples on the method's labels, by the cloud model and by the fine-tuned one.
  public var lossBefore: Double
  public var lossAfter: Double
}

/// Fine-tunes and scores one user after the other: Algorithm 1 of the paper for a single device, for every
/// method of the job.
///
/// The user's submodel (the rows of the user's own items, categories and id, and the dense layers) is
/// gathered once; every method starts from it and runs while it is in cache. The cloud model is only read,
/// so users may be processed in any order, on any rank, with the same bits.
public final class UserFineTuner {
  private let job: Job
  private let dataset: Dataset
  private let weights: Weights
  private let globalCTR: Double
  private let model: any Model
  private let assembler: BatchAssembler
  private let builder: SubmodelBuilder
  private let userWeights: UserWeights
  /// Numbers the rows that one batch touches; nil where the optimiser does not ask for them.
  private let touched: SubmodelBuilder?
  /// Memory that lives for one user, and for one pass.
  private let userArena = Arena(bytes: 1 << 20)
  private let passArena = Arena(bytes: 1 << 22)
  private let pass: Pass
  private var metric = AUC()
  /// Seconds spent on each method, by its index in the job, over all users so far. What methods share (the
  /// user's submodel and the cloud model's scores) counts to each: this is what the method takes by itself.
  public private(set) var methodSeconds: [Double]
  private let batchOffsets = UnsafeMutablePointer<Int>.allocate(capacity: 2)

  /// Samples per call when only scores are wanted: enough for efficient products, few enough for the cache.
  private static let scoringBatch = 256

  /// `weights` is the cloud model, `globalCTR` the paper's w_g.
  public init(job: Job, dataset: Dataset, weights: Weights, globalCTR: Double) {
    self.job = job
    self.dataset = dataset
    self.weights = weights
    self.globalCTR = globalCTR
    guard let model = ModelRegistry.make(job.model) else {
      preconditionFailure("a job names a registered model")
    }
    self.model = model
    assembler = BatchAssembler(job: job, dataset: dataset)
    let historyCount = job.model.histories.count
    builder = SubmodelBuilder(layout: model.layout, dataset: dataset, historyCount: historyCount)
    let optimizer = job.fineTuning.optimizer
    userWeights = UserWeights(cloud: weights, optimizer: optimizer)
    touched =
      optimizer.slots.isEmpty
      ? nil : SubmodelBuilder(layout: model.layout, dataset: dataset, historyCount: historyCount)
    methodSeconds = Array(repeating: 0, count: job.fineTuning.methods.count)
    pass = Pass(
      layout: model.layout, arena: passArena, normalization: .moving, parameters: userWeights.dense,
      statistics: weights.statistics, gradients: userWeights.denseGradients)
  }

  deinit { batchOffsets.deallocate() }

  /// Runs every method for `user`, a row of the data set with training and test samples. Calls `emit` with
  /// the method's index, its outcome and the logits of the user's test samples.
  public func process(
    user: Int, emit: (Int, MethodOutcome, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let start = steadySeconds()
    userArena.reset()
    let train = references(dataset.train, user)
    let test = references(dataset.test, user)
    builder.begin()
    builder.beginShard()
    note(train)
    note(test)
    builder.finishShard()
    userWeights.load(builder.submodel(of: weights, in: userArena), from: builder, in: userArena)
    pass.submodel = userWeights.local

    let localCTR = Double(train.reduce(0) { $0 + $1.label }) / Double(train.count)
    let cloudLogits = userArena.take(train.count, of: Float.self)
    try score(train, into: cloudLogits)
    let trainLogits = userArena.take(train.count, of: Float.self)
    let testLogits = userArena.take(test.count, of: Float.self)
    let shuffled = userArena.take(train.count, of: SampleReference.self)
    let testLabels = dataset.test.label.pointer + dataset.test.rows(ofUser: user).lowerBound

    var methodStart = steadySeconds()
    let shared = methodStart - start
    for (index, method) in job.fineTuning.methods.enumerated() {
      let labels = LabelCorrection.labels(method, localCTR: localCTR, globalCTR: globalCTR)
      let lossBefore = meanLoss(cloudLogits, train, labels)
      var lossAfter = lossBefore
      userWeights.restore()
      if method.fineTunes {
        try fineTune(train, labels, user: user, shuffled)
        try score(train, into: trainLogits)
        lossAfter = meanLoss(trainLogits, train, labels)
      }
      try score(test, into: testLogits)
      let auc = metric.evaluate(scores: testLogits, labels: testLabels, count: test.count)
      methodSeconds[index] += shared + (steadySeconds() - methodStart)
      try emit(
        index,
        MethodOutcome(
          labels: labels, auc: auc.value, aucStatus: auc.status, lossBefore: lossBefore,
          lossAfter: lossAfter),
        UnsafeBufferPointer(start: testLogits, count: test.count))
      methodStart = steadySeconds()
    }
  }

  /// Passes over the user's training samples in keyed random order, the same for every method.
  private func fineTune(
    _ train: UnsafeMutableBufferPointer<SampleReference>, _ labels: CorrectedLabels, user: Int,
    _ shuffled: UnsafeMutablePointer<SampleReference>
  ) throws {
    let settings = job.fineTuning
    for epoch in 0..<settings.epochs {
      for i in 0..<train.count {
        shuffled[i] = train[i]
        shuffled[i].label = label(train[i], labels)
      }
      var random = KeyedRandom(seed: job.seed, UInt64(user), UInt64(epoch))
      random.shuffle(UnsafeMutableBufferPointer(start: shuffled, count: train.count))
      for start in stride(from: 0, to: train.count, by: settings.batchSize) {
        let samples = UnsafeMutableBufferPointer(
          start: shuffled + start, count: min(settings.batchSize, train.count - start))
        let batch = assemble(samples)
        let rows = touchedRows(batch)
        builder.localize(batch, shard: 0)
        userWeights.zeroGradients()
        let logits = try model.forward(batch, pass)
        let dlogits = Matrix(batch.partition, columns: 1, in: passArena)
        let loss = passArena.take(1, of: Double.self)
        job.loss.evaluate(
          logits, labels: batch.labels, batchCount: samples.count, sums: loss, dlogits: dlogits)
        try model.backward(dlogits, batch, pass)
        userWeights.step(rate: settings.learningRate, touched: rows)
      }
    }
  }

  /// The local rows that a batch in the data set's ids touches, by `Field.rawValue`, in the pass's arena;
  /// nil where the optimiser does not ask for them.
  private func touchedRows(_ batch: Batch) -> UnsafePointer<UnsafeBufferPointer<Int32>>? {
    guard let touched else { return nil }
    touched.begin()
    touched.beginShard()
    touched.note(batch, shard: 0)
    touched.finishShard()
    let lists = passArena.take(Field.allCases.count, of: UnsafeBufferPointer<Int32>.self)
    for field in Field.allCases {
      let (rows, partition) = touched.rows(field)
      let local = passArena.take(partition.count, of: Int32.self)
      for r in 0..<partition.count { local[r] = builder.localID(rows[r], field) }
      lists[field.rawValue] = UnsafeBufferPointer(start: local, count: partition.count)
    }
    return UnsafePointer(lists)
  }

  /// The logits of `samples` by the weights as they are.
  private func score(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, into logits: UnsafeMutablePointer<Float>
  ) throws {
    for start in stride(from: 0, to: samples.count, by: UserFineTuner.scoringBatch) {
      let count = min(UserFineTuner.scoringBatch, samples.count - start)
      let batch = assemble(UnsafeMutableBufferPointer(rebasing: samples[start..<start + count]))
      builder.localize(batch, shard: 0)
      (logits + start).update(from: try model.forward(batch, pass).values, count: count)
    }
  }

  private func note(_ samples: UnsafeMutableBufferPointer<SampleReference>) {
    builder.note(assemble(samples), shard: 0)
  }

  /// A batch of one shard in the pass's arena, in the data set's ids.
  private func assemble(_ samples: UnsafeMutableBufferPointer<SampleReference>) -> Batch {
    passArena.reset()
    batchOffsets[0] = 0
    batchOffsets[1] = samples.count
    return assembler.assemble(
      samples.baseAddress!, RowPartition(offsets: batchOffsets, shards: 1), in: passArena)
  }

  private func references(
    _ samples: Dataset.Samples, _ user: Int
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    let rows = samples.rows(ofUser: user)
    precondition(!rows.isEmpty, "an evaluated user has training and test samples")
    let references = userArena.take(rows.count, of: SampleReference.self)
    for (i, row) in rows.enumerated() {
      references[i] = SampleReference(
        user: Int32(user), item: samples.item[row], eventPosition: samples.eventPosition[row],
        label: Float(samples.label[row]))
    }
    return UnsafeMutableBufferPointer(start: references, count: rows.count)
  }

  private func meanLoss(
    _ logits: UnsafePointer<Float>, _ samples: UnsafeMutableBufferPointer<SampleReference>,
    _ labels: CorrectedLabels
  ) -> Double {
    var sum = 0.0
    for i in 0..<samples.count {
      sum += job.loss.value(logit: Double(logits[i]), label: Double(label(samples[i], labels)))
    }
    return sum / Double(samples.count)
  }

  private func label(_ sample: SampleReference, _ labels: CorrectedLabels) -> Float {
    Float(sample.label > 0 ? labels.alpha : labels.beta)
  }
}
