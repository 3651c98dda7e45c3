import IO
import Models
import Support

/// How one fine-tuning runs.
package struct TuningSettings: Sendable, Equatable {
  package var labels: CorrectedLabels
  package var trained: TrainedWeights
  package var epochs: Int
  package var batchSize: Int
  package var learningRate: Double

  /// `labels` and `trained` weights, and the rest as the job says.
  package init(_ job: Job.FineTuning, labels: CorrectedLabels, trained: TrainedWeights) {
    self.labels = labels
    self.trained = trained
    epochs = job.epochs
    batchSize = job.batchSize
    learningRate = job.learningRate
  }
}

/// One user's model at a time: the submodel (the rows of the user's own items, categories and id, and the dense
/// layers), gathered once, fine-tuned and scored any number of times, each time from the cloud model on.
///
/// The cloud model is only read, so users may be processed in any order, on any rank, with the same bits.
package final class UserModel {
  private let job: Job
  private let weights: Weights
  private let model: any Model
  private let assembler: BatchAssembler
  private let builder: SubmodelBuilder
  private let userWeights: UserWeights
  /// Numbers the rows that one batch touches; nil where the optimiser does not ask for them.
  private let touched: SubmodelBuilder?
  /// Memory that lives for one user, and for one pass.
  package let userArena = Arena(bytes: 1 << 20)
  private let passArena = Arena(bytes: 1 << 22)
  private let pass: Pass
  private let shuffled = GrowableBuffer<SampleReference>()
  private let batchOffsets = UnsafeMutablePointer<Int>.allocate(capacity: 2)

  /// Samples per call when only scores are wanted: enough for efficient products, few enough for the cache.
  private static let scoringBatch = 256

  /// `weights` is the cloud model.
  package init(job: Job, dataset: Dataset, weights: Weights) {
    self.job = job
    self.weights = weights
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
    pass = Pass(
      layout: model.layout, arena: passArena, normalization: .moving, parameters: userWeights.dense,
      statistics: weights.statistics, gradients: userWeights.denseGradients)
  }

  deinit { batchOffsets.deallocate() }

  /// Forgets the user before; what was taken from `userArena` is invalid afterwards.
  package func begin() { userArena.reset() }

  /// Gathers the submodel of everything that `samples` touch, with the weights of `other`, which the caller
  /// keeps alive, or the cloud model's.
  package func load(
    _ samples: [UnsafeMutableBufferPointer<SampleReference>], from other: Weights? = nil
  ) {
    let weights = other ?? self.weights
    builder.begin()
    builder.beginShard()
    for part in samples { builder.note(assemble(part), shard: 0) }
    builder.finishShard()
    userWeights.load(
      builder.submodel(of: weights, in: userArena), of: weights, from: builder, in: userArena)
    pass.submodel = userWeights.local
    pass.statistics = weights.statistics
  }

  /// Puts the loaded weights back.
  package func restore() { userWeights.restore() }

  /// Passes over `samples` in random order, keyed by the job's seed and `user`: the same for all settings.
  package func fineTune(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, user: Int, _ settings: TuningSettings
  ) throws {
    for epoch in 0..<settings.epochs {
      shuffled.removeAll()
      for var sample in samples {
        sample.label = settings.labels.label(of: sample)
        shuffled.append(sample)
      }
      var random = KeyedRandom(seed: job.seed, UInt64(user), UInt64(epoch))
      random.shuffle(UnsafeMutableBufferPointer(start: shuffled.values, count: samples.count))
      for start in stride(from: 0, to: samples.count, by: settings.batchSize) {
        let count = min(settings.batchSize, samples.count - start)
        try step(UnsafeMutableBufferPointer(start: shuffled.values + start, count: count), settings)
      }
    }
  }

  private func step(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, _ settings: TuningSettings
  ) throws {
    let batch = assemble(samples)
    let rows = touchedRows(batch)
    builder.localize(batch, shard: 0)
    userWeights.zeroGradients()
    let logits = try model.forward(batch, pass)
    let dlogits = Matrix(batch.partition, columns: 1, in: passArena)
    let loss = passArena.take(1, of: Double.self)
    job.loss.evaluate(
      logits, offset: settings.labels.logitOffset, labels: batch.labels, batchCount: samples.count,
      sums: loss, dlogits: dlogits)
    try model.backward(dlogits, batch, pass)
    userWeights.step(rate: settings.learningRate, settings.trained, touched: rows)
  }

  /// The logits of `samples` by the weights as they are.
  package func score(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, into logits: UnsafeMutablePointer<Float>
  ) throws {
    for start in stride(from: 0, to: samples.count, by: UserModel.scoringBatch) {
      let count = min(UserModel.scoringBatch, samples.count - start)
      let batch = assemble(UnsafeMutableBufferPointer(rebasing: samples[start..<start + count]))
      builder.localize(batch, shard: 0)
      (logits + start).update(from: try model.forward(batch, pass).values, count: count)
    }
  }

  /// The mean loss of scored samples under `labels`.
  package func meanLoss(
    _ logits: UnsafePointer<Float>, _ samples: UnsafeMutableBufferPointer<SampleReference>,
    _ labels: CorrectedLabels
  ) -> Double {
    var sum = 0.0
    for i in 0..<samples.count {
      sum += job.loss.value(
        logit: Double(logits[i]) + labels.logitOffset, label: Double(labels.label(of: samples[i])))
    }
    return sum / Double(samples.count)
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

  /// A batch of one shard in the pass's arena, in the data set's ids.
  private func assemble(_ samples: UnsafeMutableBufferPointer<SampleReference>) -> Batch {
    passArena.reset()
    batchOffsets[0] = 0
    batchOffsets[1] = samples.count
    return assembler.assemble(
      samples.baseAddress!, RowPartition(offsets: batchOffsets, shards: 1), in: passArena)
  }
}

// Personal models, kept and brought back.
extension UserModel {
  /// One method's weights of the user as they are, for a `PersonalModelRecorder`.
  func difference() -> (dense: [Int32], tables: [(values: [Float], changed: [Bool])]) {
    (userWeights.denseDifference(), model.layout.tables.indices.map { userWeights.tableValues($0) })
  }

  /// The row in the data set of each local row of table `index`.
  func rows(ofTable index: Int) -> UnsafeBufferPointer<Int32> {
    let (rows, partition) = builder.rows(model.layout.tables[index].field)
    return UnsafeBufferPointer(start: rows, count: partition.count)
  }

  /// Puts the model in place that `saved` holds for the method at `method`. Rows that the loaded samples do
  /// not touch are passed over.
  func install(_ saved: PersonalModels.User, method: Int) {
    userWeights.add(denseDifference: saved.dense[method])
    for (index, table) in model.layout.tables.enumerated() {
      for (source, row) in saved.rows[index].enumerated() {
        let local = builder.localID(row, table.field)
        guard local >= 0 else { continue }
        userWeights.replace(row: Int(local), ofTable: index, by: saved.values[method][index], source: source)
      }
    }
  }
}

extension CorrectedLabels {
  /// The label that stands for a sample's 0 or 1.
  func label(of sample: SampleReference) -> Float { Float(sample.label > 0 ? alpha : beta) }
}

extension Dataset.Samples {
  /// The samples of `user` as batches are assembled from them, in memory of `arena`.
  package func references(
    ofUser user: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    let rows = rows(ofUser: user)
    let references = arena.take(rows.count, of: SampleReference.self)
    for (i, row) in rows.enumerated() {
      references[i] = SampleReference(
        user: Int32(user), item: item[row], eventPosition: eventPosition[row], label: Float(label[row]))
    }
    return UnsafeMutableBufferPointer(start: references, count: rows.count)
  }
}
