import IO
import LCFT
import Models
import Support
import TestSupport

/// The same fine-tuning written plainly on copies of the full tables.
final class FullTables {
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
  /// The pull towards the cloud model's weights.
  var mu = 0.0
  private let cloud: Weights

  private let tableRows: [String: [[Int]]]

  /// `tableRows` are those of `FullTables.tableRows`.
  init(job: Job, dataset: Dataset, cloud: Weights, tableRows: [String: [[Int]]]) {
    self.tableRows = tableRows
    self.cloud = cloud
    self.job = job
    self.dataset = dataset
    model = job.makeModel()
    weights = Weights(layout: model.layout, rowCounts: job.rowCounts(of: dataset))
    weights.dense.update(from: cloud.dense, count: model.layout.parameterCount)
    weights.statistics.update(from: cloud.statistics, count: model.layout.statisticCount)
    state = OptimizerState(job.fineTuning.optimizer, for: weights)
    assembler = BatchAssembler(job: job, dataset: dataset)
    for table in model.layout.tables.indices {
      weights.tables[table].update(from: cloud.tables[table], count: floats(table))
    }
  }

  /// By feature: the table rows of each row of its owner.
  static func tableRows(_ job: Job, _ dataset: Dataset) -> [String: [[Int]]] {
    var found: [String: [[Int]]] = [:]
    for feature in job.model.features.all where feature.table != nil {
      let plain = PlainFeature(feature, of: dataset)
      let rows =
        switch feature.owner {
        case .users: dataset.users.count
        case .items: dataset.items.count
        case .samples: dataset.train.count + dataset.test.count
        case .events: dataset.events.count
        }
      found[feature.path] = (0..<rows).map { plain.tableRows($0) }
    }
    return found
  }

  /// The table rows of each row of the feature's owner.
  private func rows(of feature: ModelFeature) -> [[Int]] { tableRows[feature.path] ?? [] }

  func floats(_ table: Int) -> Int { weights.rows(ofTable: table) * model.layout.tables[table].width }

  func references(_ samples: Dataset.Samples, _ user: Int, firstRow: Int) -> [SampleReference] {
    samples.rows(ofUser: user).map {
      SampleReference(
        user: Int32(user), item: samples.item[$0], eventPosition: samples.eventPosition[$0],
        label: Float(samples.label[$0]), row: firstRow + $0)
    }
  }

  func fineTune(user: Int, _ labels: CorrectedLabels) throws {
    offset = labels.logitOffset
    for epoch in 0..<job.fineTuning.epochs {
      var samples = references(dataset.train, user, firstRow: 0)
      for i in samples.indices { samples[i].label = Float(samples[i].label > 0 ? labels.alpha : labels.beta) }
      var random = KeyedRandom(seed: job.seed, .fineTuningOrder, UInt64(user), UInt64(epoch))
      samples.withUnsafeMutableBufferPointer { random.shuffle($0) }
      for start in stride(from: 0, to: samples.count, by: job.fineTuning.batchSize) {
        _ = try run(Array(samples[start..<min(start + job.fineTuning.batchSize, samples.count)]), train: true)
      }
    }
  }

  func scores(user: Int) throws -> [Float] {
    try run(references(dataset.test, user, firstRow: dataset.train.count), train: false)
  }

  /// The rows of `space` that samples touch: users, candidates and visible histories, and the values of their features.
  private func rows(_ samples: [SampleReference], _ space: RowSpace) -> [Int] {
    let users = Set(samples.map { Int($0.user) })
    var items = Set(samples.map { Int($0.item) })
    var values: [Int] = []
    for sample in samples {
      for kind in job.model.histories {
        let visible = historyEvents(dataset, sample, kind, limit: job.historyLength)
        items.formUnion(visible.map { Int(dataset.events.item.values[$0]) })
        for feature in job.model.features.events(in: kind) where feature.table.map(RowSpace.values) == space {
          values += visible.flatMap { rows(of: feature)[$0] }
        }
      }
    }
    switch space {
    case .user: return users.sorted()
    case .item: return items.sorted()
    case .values(let table):
      for feature in job.model.features.all where feature.table == table {
        switch feature.owner {
        case .users: values += users.flatMap { rows(of: feature)[$0] }
        case .items: values += items.flatMap { rows(of: feature)[$0] }
        case .samples: values += samples.flatMap { rows(of: feature)[$0.row] }
        case .events: break
        }
      }
      return Set(values).sorted()
    }
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
    let bounds = [0, samples.count]
    let features = arena.take(job.model.features.encoded.count, of: RaggedRows.self)
    for (index, feature) in job.model.features.encoded.enumerated() {
      features[index] = lists((0..<dataset.items.count).map { rows(of: feature)[$0] })
    }
    return try bounds.withUnsafeBufferPointer { bounds in
      let pass = Pass(
        layout: layout, arena: arena, normalization: .moving, parameters: weights.dense,
        statistics: weights.statistics, gradients: gradients,
        submodel: Submodel(tables: tables, itemCount: dataset.items.count, itemFeatures: features))
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
      if mu > 0 { addPull(gradients, tables) }
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
        // What no sample of the step touches is pulled as well, where the optimiser has no state of it.
        let isPulled = mu > 0 && job.fineTuning.optimizer.slots.isEmpty
        let touched = isPulled ? Array(0..<weights.rows(ofTable: index)) : rows(samples, table.space)
        for row in touched.map({ $0 * table.width }) {
          update.apply(
            weights.tables[index] + row, tables[index].gradients + row, state: state.tables[index] + row,
            stride: floats(index), count: table.width)
        }
      }
      return []
    }
  }

  private func addPull(_ gradients: UnsafeMutablePointer<Float>, _ tables: UnsafeMutablePointer<LocalTable>) {
    func pull(_ own: Float, _ start: Float) -> Float { Float(mu) * (own - start) }
    for i in 0..<model.layout.parameterCount { gradients[i] += pull(weights.dense[i], cloud.dense[i]) }
    for table in model.layout.tables.indices {
      for i in 0..<floats(table) {
        tables[table].gradients[i] += pull(weights.tables[table][i], cloud.tables[table][i])
      }
    }
  }

  /// Lists of rows in memory of `arena`.
  private func lists(_ lists: [[Int]]) -> RaggedRows {
    let offsets = arena.take(lists.count + 1, of: Int32.self)
    let rows = arena.take(lists.reduce(1) { $0 + $1.count }, of: Int32.self)
    var next = 0
    offsets[0] = 0
    for (index, list) in lists.enumerated() {
      for row in list {
        rows[next] = Int32(row)
        next += 1
      }
      offsets[index + 1] = Int32(next)
    }
    return RaggedRows(offsets: offsets, rows: rows)
  }
}
