import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

@Suite struct UserFineTunerTests {
  static let combinations = [
    (tags: 0, optimizer: "learning_rate: 0.05"), (tags: 4, optimizer: "learning_rate: 0.05"),
    (tags: 0, optimizer: "optimizer: adam, learning_rate: 0.01"),
    (tags: 4, optimizer: "optimizer: adam, learning_rate: 0.01"),
  ]

  /// The submodel is a matter of speed: the same steps on the full tables give the same scores to rounding.
  @Test(arguments: ModelRegistry.names, combinations)
  func submodelEqualsFullTables(_ model: String, _ settings: (tags: Int, optimizer: String)) throws {
    let dataset = smallDataset(genome: settings.tags)
    var job = try FineTuningExample.job(model, settings.optimizer).fitted(to: dataset, file: "test.h5")
    job.fineTuning.methods = Method.allCases.filter { $0 != .grouped }
    job.findings.labels = SearchFindings.Labels(pairs: FineTuningExample.pairs)
    let weights = FineTuningExample.weights(job, dataset)
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    for user in dataset.evaluatedUsers {
      let outcomes = try FineTuningExample.run(tuner, user: Int(user))
      for (method, outcome) in zip(job.fineTuning.methods, outcomes) {
        let full = FullTables(job: job, dataset: dataset, cloud: weights)
        full.trained = method.trainedWeights
        if method.fineTunes { try full.fineTune(user: Int(user), outcome.outcome.labels) }
        for (a, b) in zip(try full.scores(user: Int(user)), outcome.logits) {
          #expect(abs(a - b) <= 1e-5 + 1e-4 * abs(a))
        }
      }
      // Fine-tuning moves the scores, and lowers the loss on the labels it is given.
      #expect(outcomes[0].logits != outcomes[1].logits)
      #expect(outcomes[1].outcome.lossAfter < outcomes[1].outcome.lossBefore)
      #expect(outcomes[0].outcome.lossAfter == outcomes[0].outcome.lossBefore)
    }
  }

  /// A bias moves all of a user's logits alike, and so no AUC; the other parts differ from one another.
  @Test(arguments: ModelRegistry.names)
  func partsOfTheWeights(_ model: String) throws {
    let dataset = smallDataset()
    var job = try FineTuningExample.job(model)
    job.fineTuning.methods = [.cloud, .biasOnly, .denseOnly, .embeddingsOnly, .local]
    let weights = FineTuningExample.weights(job, dataset)
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    for user in dataset.evaluatedUsers {
      let outcomes = try FineTuningExample.run(tuner, user: Int(user))
      let shifts = zip(outcomes[0].logits, outcomes[1].logits).map { $1 - $0 }
      #expect(abs(shifts[0]) > 1e-4)
      for shift in shifts { #expect(abs(shift - shifts[0]) < 1e-5) }
      // LR's dense weights are its bias.
      #expect(Set(outcomes.map(\.logits)).count == (model == "LR" ? 4 : 5))
      for outcome in outcomes.dropFirst() {
        #expect(outcome.outcome.lossAfter < outcome.outcome.lossBefore)
      }
    }
  }

  /// One user's outcome depends on no other user, and the cloud model is never changed.
  @Test func orderDoesNotMatter() throws {
    let dataset = smallDataset()
    let job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    let users = dataset.evaluatedUsers.map(Int.init)
    func all(_ order: [Int]) throws -> [Int: [[Float]]] {
      let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
      var found: [Int: [[Float]]] = [:]
      for user in order { found[user] = try FineTuningExample.run(tuner, user: user).map(\.logits) }
      return found
    }
    #expect(try all(users) == all(users.reversed()))
  }

  /// A fine-tuning that diverges marks its user and leaves the next one alone.
  @Test func divergenceIsMarked() throws {
    let dataset = smallDataset()
    var job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    let calm = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    job.fineTuning.learningRate = 1e30
    let wild = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    let user = Int(dataset.evaluatedUsers[0])
    let outcomes = try FineTuningExample.run(wild, user: user)
    #expect(outcomes[1].outcome.aucStatus == .notFinite)
    #expect(outcomes[1].outcome.auc.isNaN)
    #expect(outcomes[0].logits == (try FineTuningExample.run(calm, user: user)[0].logits))
  }
}

/// The same fine-tuning written plainly on copies of the full tables.
private final class FullTables {
  let job: Job
  let dataset: Dataset
  let weights: Weights
  let model: any Model
  let assembler: BatchAssembler
  let arena = Arena()
  let state: OptimizerState
  var steps = 0
  var trained = TrainedWeights.all
  var offset = 0.0

  init(job: Job, dataset: Dataset, cloud: Weights) {
    self.job = job
    self.dataset = dataset
    model = job.makeModel()
    weights = Weights(
      layout: model.layout, users: dataset.users.count, items: dataset.items.count,
      categories: dataset.categoryNames.count)
    weights.dense.update(from: cloud.dense, count: model.layout.parameterCount)
    weights.statistics.update(from: cloud.statistics, count: model.layout.statisticCount)
    state = OptimizerState(job.fineTuning.optimizer, for: weights)
    assembler = BatchAssembler(job: job, dataset: dataset)
    for table in model.layout.tables.indices {
      weights.tables[table].update(from: cloud.tables[table], count: floats(table))
    }
  }

  func floats(_ table: Int) -> Int { weights.rows(ofTable: table) * model.layout.tables[table].width }

  func references(_ samples: Dataset.Samples, _ user: Int) -> [SampleReference] {
    samples.rows(ofUser: user).map {
      SampleReference(
        user: Int32(user), item: samples.item[$0], eventPosition: samples.eventPosition[$0],
        label: Float(samples.label[$0]))
    }
  }

  func fineTune(user: Int, _ labels: CorrectedLabels) throws {
    offset = labels.logitOffset
    for epoch in 0..<job.fineTuning.epochs {
      var samples = references(dataset.train, user)
      for i in samples.indices { samples[i].label = Float(samples[i].label > 0 ? labels.alpha : labels.beta) }
      var random = KeyedRandom(seed: job.seed, .fineTuningOrder, UInt64(user), UInt64(epoch))
      samples.withUnsafeMutableBufferPointer { random.shuffle($0) }
      for start in stride(from: 0, to: samples.count, by: job.fineTuning.batchSize) {
        _ = try run(Array(samples[start..<min(start + job.fineTuning.batchSize, samples.count)]), train: true)
      }
    }
  }

  func scores(user: Int) throws -> [Float] { try run(references(dataset.test, user), train: false) }

  /// The rows of `field` that samples touch: users, candidates and visible histories, and their categories.
  private func rows(_ samples: [SampleReference], _ field: Field) -> [Int] {
    if field == .user { return Set(samples.map { Int($0.user) }).sorted() }
    var items = Set(samples.map(\.item))
    for sample in samples {
      for kind in job.model.histories {
        let visible = historyEvents(dataset, sample, kind, limit: job.historyLength)
        items.formUnion(visible.map { dataset.events.item.values[$0] })
      }
    }
    if field == .item { return items.map(Int.init).sorted() }
    let categories = items.flatMap { item in
      let offsets = dataset.categoryOffsets.values
      return dataset.itemCategories.values[Int(offsets[Int(item)])..<Int(offsets[Int(item) + 1])]
    }
    return Set(categories.map(Int.init)).sorted()
  }

  private func run(_ samples: [SampleReference], train: Bool) throws -> [Float] {
    arena.reset()
    let layout = model.layout
    let tables = arena.take(layout.tables.count, of: LocalTable.self)
    for table in layout.tables.indices {
      tables[table] = LocalTable(
        values: weights.tables[table], gradients: arena.takeZeros(floats(table), of: Float.self),
        rows: weights.rows(ofTable: table), width: layout.tables[table].width)
    }
    let gradients = arena.takeZeros(layout.parameterCount, of: Float.self)
    let offsets = dataset.categoryOffsets.values.map(Int32.init)
    let bounds = [0, samples.count]
    return try offsets.withUnsafeBufferPointer { offsets in
      try bounds.withUnsafeBufferPointer { bounds in
        let pass = Pass(
          layout: layout, arena: arena, normalization: .moving, parameters: weights.dense,
          statistics: weights.statistics, gradients: gradients,
          submodel: Submodel(
            tables: tables, itemCount: dataset.items.count, categoryOffsets: offsets.baseAddress!,
            categories: dataset.itemCategories.pointer))
        let partition = RowPartition(offsets: bounds.baseAddress!, shards: 1)
        var samples = samples
        let batch = assembler.assemble(&samples, partition, in: arena)
        let logits = try model.forward(batch, pass)
        guard train else { return Array(UnsafeBufferPointer(start: logits.values, count: logits.rows)) }
        let dlogits = Matrix(partition, columns: 1, in: arena)
        var loss = 0.0
        job.loss.evaluate(
          logits, offset: offset, labels: batch.labels, batchCount: samples.count, sums: &loss,
          dlogits: dlogits)
        try model.backward(dlogits, batch, pass)
        steps += 1
        let update = job.fineTuning.optimizer.step(steps, rate: job.fineTuning.learningRate)
        let count = layout.parameterCount
        if trained == .all || trained == .dense {
          update.apply(weights.dense, gradients, state: state.dense, stride: count, count: count)
        }
        if trained == .outputBias, let bias = layout.outputBias {
          update.apply(
            weights.dense + bias, gradients + bias, state: state.dense + bias, stride: count, count: 1)
        }
        guard trained == .all || trained == .embeddings else { return [] }
        for (index, table) in layout.tables.enumerated() {
          for row in rows(samples, table.field).map({ $0 * table.width }) {
            update.apply(
              weights.tables[index] + row, tables[index].gradients + row, state: state.tables[index] + row,
              stride: floats(index), count: table.width)
          }
        }
        return []
      }
    }
  }
}
