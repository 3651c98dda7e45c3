import IO
import Models
import Support

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
  /// What every fine-tuning of the user begins with: the first batch under the loaded weights, which each of them
  /// only differentiates for labels of its own.
  private let first: FirstForward
  private var shuffled = GrowableBuffer<SampleReference>()
  /// The passes over the user's samples that are assembled already.
  private var passes = GrowableBuffer<PreparedPass>(capacity: 16)

  /// Samples per call when only scores are wanted: enough for efficient products, few enough for the cache.
  private static let scoringBatch = 256

  /// `weights` is the cloud model.
  package init(job: Job, dataset: Dataset, weights: Weights) {
    self.job = job
    self.weights = weights
    let model = job.makeModel()
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
      layout: model.layout, arena: passArena, normalization: .moving, parameters: weights.dense,
      statistics: weights.statistics, gradients: userWeights.denseGradients)
    first = FirstForward(job: job, weights: weights, gradients: userWeights.denseGradients)
  }

  /// Forgets the user before; what was taken from `userArena` is invalid afterwards.
  package func begin() {
    userArena.reset()
    passes.removeAll()
  }

  /// Gathers the submodel of everything that `samples` touch, with the weights of `other`, which the caller
  /// keeps alive, or the cloud model's.
  package func load(
    _ samples: [UnsafeMutableBufferPointer<SampleReference>], from other: Weights? = nil
  ) {
    let weights = other ?? self.weights
    builder.begin()
    builder.beginShard()
    for part in samples {
      passArena.reset()
      builder.note(assemble(part, in: passArena), shard: 0)
    }
    builder.finishShard()
    userWeights.load(
      builder.submodel(of: weights, in: userArena), of: weights, from: builder, in: userArena)
    pass.statistics = weights.statistics
    first.begin(userWeights.current, statistics: weights.statistics)
    useWeights()
  }

  /// Puts the loaded weights back.
  package func restore() {
    userWeights.restore()
    useWeights()
  }

  private func useWeights() { (pass.parameters, pass.submodel) = userWeights.current }

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

  private func step(_ prepared: PreparedBatch, _ settings: TuningSettings) throws {
    passArena.reset()
    var batch = prepared.batch
    let count = batch.partition.count
    let labels = passArena.take(count, of: Float.self)
    for b in 0..<count {
      labels[b] = settings.labels.label(of: batch.labels[b])
    }
    batch.labels = UnsafePointer(labels)
    userWeights.zeroGradients()
    if userWeights.isPristine {
      let logits = try first.forward(prepared.batch)
      try first.backward(try gradient(logits, batch, settings), batch)
    } else {
      let logits = try model.forward(batch, pass)
      try model.backward(try gradient(logits, batch, settings), batch, pass)
    }
    userWeights.step(rate: settings.learningRate, settings.trained, touched: prepared.touched)
    useWeights()
  }

  /// dlogits of the mean loss on the labels of `batch`.
  private func gradient(_ logits: Matrix, _ batch: Batch, _ settings: TuningSettings) throws -> Matrix {
    let dlogits = Matrix(batch.partition, columns: 1, in: passArena)
    let loss = passArena.take(1, of: Double.self)
    job.loss.evaluate(
      logits, offset: settings.labels.logitOffset, labels: batch.labels, batchCount: batch.partition.count,
      sums: loss, dlogits: dlogits)
    return dlogits
  }

  /// The logits of `samples` by the weights as they are.
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
      (logits + done).update(from: scores.values, count: batch.partition.count)
      done += batch.partition.count
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
        logit: Double(logits[i]) + labels.logitOffset, label: Double(labels.label(of: samples[i].label)))
    }
    return sum / Double(samples.count)
  }

  /// The batches of `samples`: in random order for an epoch of a fine-tuning, in their own order for scoring
  /// (`epoch` nil) and where one batch holds them all, whose order does not matter. Assembled at the first call for
  /// a user, and kept until `begin`: whatever the labels and the learning rate, the batches are the same.
  private func batches(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, user: Int, epoch: Int?, size: Int
  ) -> UnsafeBufferPointer<PreparedBatch> {
    var (epoch, size) = (epoch, size)
    if samples.count <= min(size, UserModel.scoringBatch) { (epoch, size) = (nil, UserModel.scoringBatch) }
    let key = PreparedPass(samples: samples, epoch: epoch ?? -1, size: size, batches: nil)
    for index in 0..<passes.count where passes.pointer[index].isSame(as: key) {
      return UnsafeBufferPointer(
        start: passes.pointer[index].batches, count: UserModel.batchCount(samples.count, size))
    }
    var source = samples.baseAddress
    if let epoch {
      shuffled.removeAll()
      for sample in samples { shuffled.append(sample) }
      var random = KeyedRandom(seed: job.seed, UInt64(user), UInt64(epoch))
      random.shuffle(UnsafeMutableBufferPointer(start: shuffled.pointer, count: samples.count))
      source = shuffled.pointer
    }
    let count = UserModel.batchCount(samples.count, size)
    let batches = userArena.take(count, of: PreparedBatch.self)
    for index in 0..<count {
      let start = index * size
      let batch = assemble(
        UnsafeMutableBufferPointer(start: source! + start, count: min(size, samples.count - start)),
        in: userArena)
      let rows = touchedRows(batch)
      builder.localize(batch, shard: 0)
      batches[index] = PreparedBatch(batch: batch, touched: rows)
    }
    var pass = key
    pass.batches = batches
    passes.append(pass)
    return UnsafeBufferPointer(start: batches, count: count)
  }

  private static func batchCount(_ samples: Int, _ size: Int) -> Int { (samples + size - 1) / size }

  /// The local rows that a batch in the data set's ids touches, by `Field.rawValue`, in the user's arena;
  /// nil where the optimiser does not ask for them.
  private func touchedRows(_ batch: Batch) -> UnsafePointer<UnsafeBufferPointer<Int32>>? {
    guard let touched else { return nil }
    touched.begin()
    touched.beginShard()
    touched.note(batch, shard: 0)
    touched.finishShard()
    let lists = userArena.take(Field.allCases.count, of: UnsafeBufferPointer<Int32>.self)
    for field in Field.allCases {
      let (rows, partition) = touched.rows(field)
      let local = userArena.take(partition.count, of: Int32.self)
      for r in 0..<partition.count { local[r] = builder.localID(rows[r], field) }
      lists[field.rawValue] = UnsafeBufferPointer(start: local, count: partition.count)
    }
    return UnsafePointer(lists)
  }

  /// A batch of one shard, in the data set's ids.
  private func assemble(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, in arena: Arena
  ) -> Batch {
    let offsets = arena.take(2, of: Int.self)
    offsets[0] = 0
    offsets[1] = samples.count
    return assembler.assemble(
      samples.baseAddress!, RowPartition(offsets: UnsafePointer(offsets), shards: 1), in: arena)
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

  /// Rows of the cloud model's tables.
  var tableRows: [Int] { model.layout.tables.indices.map { weights.rows(ofTable: $0) } }

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
    useWeights()
  }
}

extension CorrectedLabels {
  /// The label that stands for a sample's own, 0 or 1.
  @inline(__always)
  func label(of own: Float) -> Float { Float(own > 0 ? alpha : beta) }
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
