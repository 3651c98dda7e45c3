import Models

/// A ragged batch in plain arrays.
struct RaggedBatch {
  var users: [Int32]
  var candidates: [Int32]
  var labels: [Float]
  var histories: [RaggedHistory]
  /// In the order of `ModelFeatures.fields`, a row per sample.
  var fields: [RaggedValues] = []
}

/// One history sequence: the samples' windows, which may overlap, of one list of items.
struct RaggedHistory {
  var items: [Int32]
  /// [B]
  var windows: [Range<Int>]
  /// In the order of `ModelFeatures.events(in:)`, a row per item of the list.
  var events: [RaggedValues] = []
}

/// A model with all its memory, working on whole tables as if they were compact ones, for any division of the samples
/// among virtual shards.
///
/// Each shard has a copy of every table: shards number their rows for themselves.
final class Harness: ShardReducer {
  let model: any Model
  let weights: Weights
  private let configuration: ModelConfiguration
  /// In the order of `ModelFeatures.encoded`: each item's values.
  let itemFeatures: [[[Int32]]]
  let arena = Arena()
  let pass: Pass
  private let gradients: UnsafeMutablePointer<Float>
  private let shards: Int
  private var shardBounds: [Int] = []
  /// What is done in every sum of statistics, where ranks would wait for one another.
  var meanwhile: () -> Void = {}

  init(
    _ configuration: ModelConfiguration, users: Int, items: Int, itemFeatures: [[[Int32]]], shards: Int = 1
  ) throws {
    model = try ModelRegistry.make(configuration)
    weights = Weights(
      layout: model.layout, rowCounts: configuration.features.rowCounts(users: users, items: items))
    self.configuration = configuration
    self.itemFeatures = itemFeatures
    self.shards = shards
    gradients = .allocate(capacity: shards * max(1, model.layout.parameterCount))
    pass = Pass(
      layout: model.layout, arena: arena, normalization: .batch, parameters: weights.dense,
      statistics: weights.statistics, gradients: gradients)
    pass.reducer = self
  }

  deinit { gradients.deallocate() }

  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    meanwhile()
    for shard in 1..<max(shards, 1) {
      for i in 0..<count { values[i] += values[shard * count + i] }
    }
  }

  /// Logits and the mean loss by the weights as they are; with `backward` also the gradients.
  func run(
    _ ragged: RaggedBatch, _ normalization: Pass.Normalization, loss: Loss, backward: Bool = true
  ) throws -> (logits: [Float], loss: Double) {
    arena.reset()
    pass.normalization = normalization
    gradients.update(repeating: 0, count: shards * model.layout.parameterCount)
    pass.submodel = submodel()
    let batch = batch(ragged)
    let logits = try model.forward(batch, pass)
    let dlogits = Matrix(batch.partition, columns: 1, in: arena)
    var sums = [Double](repeating: 0, count: shards)
    loss.evaluate(
      logits, labels: batch.labels, batchCount: ragged.labels.count, sums: &sums, dlogits: dlogits)
    if backward {
      try model.backward(dlogits, batch, pass)
      while pass.deferred?.advance(pass) ?? false {}
    }
    return (
      Array(UnsafeBufferPointer(start: logits.values, count: logits.rows)),
      sums.reduce(0, +) / Double(ragged.labels.count)
    )
  }

  /// Gradients of dense weights and of tables.
  struct Gradients {
    var dense: [Float]
    var tables: [[Float]]
  }

  /// The sums of the logits' gradients with each of `coefficients` [B], by moving statistics: all in one backward pass
  /// (`Pass.sums`), or one pass after the other with the coefficients as gradients at the logits.
  func sums(_ ragged: RaggedBatch, _ coefficients: [[Float]], atOnce: Bool) throws -> [Gradients] {
    arena.reset()
    pass.normalization = .moving
    pass.submodel = submodel()
    let batch = batch(ragged)
    _ = try model.forward(batch, pass)
    let dlogits = Matrix(batch.partition, columns: 1, in: arena)
    let sums = coefficients.map { own in
      let tables = submodel()
      let isFirst = own == coefficients[0]
      let rows = own.indices.filter { isFirst || own[$0] != 0 }
      return GradientSum(
        coefficients: UnsafePointer(arena.copy(own)), rows: (rows.first ?? 0)..<(rows.last ?? -1) + 1,
        gradients: arena.takeZeros(max(1, model.layout.parameterCount), of: Float.self), submodel: tables)
    }
    if atOnce {
      for b in 0..<dlogits.rows { dlogits.values[b] = 1 }
      try sums.withUnsafeBufferPointer { sums in
        pass.sums = sums
        defer { pass.sums = nil }
        try model.backward(dlogits, batch, pass)
      }
    } else {
      let whole = (pass.gradients, pass.submodel)
      defer { (pass.gradients, pass.submodel) = whole }
      for sum in sums {
        (pass.gradients, pass.submodel) = (sum.gradients, sum.submodel)
        for b in 0..<dlogits.rows { dlogits.values[b] = sum.coefficients[b] }
        try model.backward(dlogits, batch, pass)
      }
    }
    return sums.map { sum in
      Gradients(
        dense: Array(UnsafeBufferPointer(start: sum.gradients, count: model.layout.parameterCount)),
        tables: model.layout.tables.indices.map { table in
          let local = sum.submodel.tables[table]
          return Array(UnsafeBufferPointer(start: local.gradients, count: local.rows * local.width))
        })
    }
  }

  /// The gradient of the dense weight at `offset`, summed over the shards.
  func denseGradient(_ offset: Int) -> Float {
    (0..<shards).reduce(0) { $0 + gradients[$1 * model.layout.parameterCount + offset] }
  }

  /// The gradient of element `element` of table `table`, summed over the shards.
  func tableGradient(_ table: Int, _ element: Int) -> Float {
    let size = weights.rows(ofTable: table) * model.layout.tables[table].width
    return (0..<shards).reduce(0) { $0 + pass.submodel.tables[table].gradients[$1 * size + element] }
  }

  /// One step of gradient descent with the gradients of the last `run`.
  func step(rate: Float) {
    for offset in 0..<model.layout.parameterCount {
      weights.dense[offset] -= rate * denseGradient(offset)
    }
    for table in model.layout.tables.indices {
      for element in 0..<weights.rows(ofTable: table) * model.layout.tables[table].width {
        weights.tables[table][element] -= rate * tableGradient(table, element)
      }
    }
  }

  private func submodel() -> Submodel {
    let tables = arena.take(model.layout.tables.count, of: LocalTable.self)
    for (index, table) in model.layout.tables.enumerated() {
      let size = weights.rows(ofTable: index) * table.width
      let values = arena.take(shards * size, of: Float.self)
      for shard in 0..<shards { (values + shard * size).update(from: weights.tables[index], count: size) }
      tables[index] = LocalTable(
        values: values, gradients: arena.takeZeros(shards * size, of: Float.self),
        rows: shards * weights.rows(ofTable: index), width: table.width)
    }
    let features = zip(configuration.features.encoded, itemFeatures).map { feature, items in
      var offsets: [Int32] = [0]
      var local: [Int32] = []
      for shard in 0..<shards {
        for values in items {
          local += values.map { $0 + shift(feature, shard) }
          offsets.append(Int32(local.count))
        }
      }
      return RaggedRows(offsets: arena.copy(offsets), rows: arena.copy(local))
    }
    return Submodel(
      tables: tables, itemCount: shards * weights.rowCounts[RowSpace.item.index],
      itemFeatures: arena.copy(features))
  }

  /// How far a shard's rows of the feature's table lie from the first shard's.
  private func shift(_ feature: ModelFeature, _ shard: Int) -> Int32 {
    guard let table = feature.table, !configuration.features.isDense(table) else { return 0 }
    return Int32(shard * configuration.features.tables[table].rows)
  }

  /// Cuts the samples into shards of falling size and gives each its local ids.
  private func batch(_ ragged: RaggedBatch) -> Batch {
    let count = ragged.labels.count
    shardBounds = (0...shards).map { count * $0 * $0 / (shards * shards) }
    var shardOf = [Int](repeating: 0, count: count)
    for shard in 0..<shards { for b in shardBounds[shard]..<shardBounds[shard + 1] { shardOf[b] = shard } }
    let (users, items) = (weights.rowCounts[RowSpace.user.index], weights.rowCounts[RowSpace.item.index])
    let histories = arena.take(ragged.histories.count, of: History.self)
    for (index, history) in ragged.histories.enumerated() {
      var keys: [Int32] = []
      var (laid, laidShard): ([Int], [Int]) = ([], [])
      var starts = [Int32](repeating: 0, count: count)
      var (keyOffsets, pairOffsets) = ([0], [0])
      for shard in 0..<shards {
        let own = shardBounds[shard]..<shardBounds[shard + 1]
        // Every position that some window of the shard holds is laid once.
        let positions = Set(own.flatMap { history.windows[$0] }).sorted()
        for b in own where !history.windows[b].isEmpty {
          let rank = positions.firstIndex(of: history.windows[b].lowerBound) ?? 0
          starts[b] = Int32(keys.count + rank)
        }
        keys += positions.map { history.items[$0] + Int32(shard * items) }
        laid += positions
        laidShard += positions.map { _ in shard }
        keyOffsets.append(keys.count)
        pairOffsets.append(own.reduce(pairOffsets[shard]) { $0 + history.windows[$1].count })
      }
      histories[index] = History(
        keyPartition: RowPartition(offsets: arena.copy(keyOffsets), shards: shards), keys: arena.copy(keys),
        starts: arena.copy(starts), lengths: arena.copy(history.windows.map { Int32($0.count) }),
        pairPartition: RowPartition(offsets: arena.copy(pairOffsets), shards: shards),
        events: arena.copy(
          zip(configuration.features.events(in: configuration.histories[index]), history.events).map {
            feature, values in
            values.values(of: laid, shifts: laidShard.map { shift(feature, $0) }, in: arena)
          }))
    }
    return Batch(
      partition: RowPartition(offsets: arena.copy(shardBounds), shards: shards),
      users: arena.copy(zip(ragged.users, shardOf).map { $0 + Int32($1 * users) }),
      candidates: arena.copy(zip(ragged.candidates, shardOf).map { $0 + Int32($1 * items) }),
      labels: arena.copy(ragged.labels), histories: histories,
      fields: arena.copy(
        zip(configuration.features.fields, ragged.fields).map { feature, values in
          values.values(
            of: Array(0..<count), shifts: shardOf.map { shift(feature, $0) }, in: arena)
        }))
  }
}
