/// The first order of a model: one weight per feature value,
///
///     y = bias + user[u] + item[i] + per item feature: mean of its weights over the item's values
///       + per history: mean over its entries h of (history_item[h] + per item feature: mean over h's values
///                                                  + per event feature: its term)
///       + per number, vector and other feature of candidate, user and sample: its term
///
/// where the term of a feature is the mean of its values' weights, its weight times a number, another weight where that
/// is missing, or w . vector. A value in a history is not the same feature as that value in the candidate, so histories
/// have weights of their own, and so has each feature, whether or not it shares its embeddings. A feature with several
/// values counts as their mean: with sums, whose steps grow with the square of a history's length, SGD diverges at the
/// paper's learning rate of 1 on long histories.
final class FirstOrder {
  private let bias: Int
  private let user: Embedding?
  private let item: Embedding
  private let itemFeatures: [ValueMean]
  private let histories: [FirstOrderHistory]
  private let features: [FeatureFields]
  /// Terms of the sum after the bias.
  private let terms: Int

  /// `prefix` is put before the names of the weights and tables.
  init(prefix: String = "", _ configuration: ModelConfiguration, in layout: inout ModelLayout) {
    let all = configuration.features
    bias = layout.addParameter("\(prefix)bias", [1], .constant(0))
    layout.outputBias = bias
    user =
      configuration.userWidth == 0 ? nil : Embedding("\(prefix)user", space: .user, width: 1, in: &layout)
    item = Embedding("\(prefix)item", space: .item, width: 1, in: &layout)
    itemFeatures = FirstOrder.means(prefix, all, in: &layout)
    let names = configuration.histories.map { "\(prefix)history_\($0.rawValue)_" }
    let items = names.map { Embedding("\($0)item", space: .item, width: 1, in: &layout) }
    histories = zip(configuration.histories, zip(names, items)).map { kind, history in
      FirstOrderHistory(history.0, item: history.1, all, all.events(in: kind), in: &layout)
    }
    features = [ModelFeature.Owner.items, .users, .samples].map {
      FeatureFields($0, weights: prefix, all, in: &layout)
    }
    terms =
      (user == nil ? 1 : 2) + itemFeatures.count + histories.reduce(0) { $0 + $1.terms }
      + features.reduce(0) { $0 + $1.width }
  }

  /// The weights of the items' features, in the order of `Submodel.itemFeatures`.
  static func means(
    _ prefix: String, _ features: ModelFeatures, in layout: inout ModelLayout
  ) -> [ValueMean] {
    features.encoded.compactMap { feature in
      feature.table.map {
        ValueMean(prefix + features.key(of: feature), table: $0, of: features, width: 1, in: &layout)
      }
    }
  }

  /// [B x 1].
  func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    // One column per term of the sum.
    let x = Matrix(batch.partition, columns: terms, in: pass.arena)
    var next = Columns(x)
    if let user { user.forward(batch.users, next.take(1), pass) }
    item.forward(batch.candidates, next.take(1), pass)
    for (index, mean) in itemFeatures.enumerated() {
      mean.forward(pass.submodel.itemFeatures[index], of: batch.candidates, next.take(1), pass)
    }
    for (index, history) in histories.enumerated() {
      history.forward(batch.histories[index], next.take(history.terms), pass)
    }
    for fields in features { fields.forward(batch, next.take(fields.width), pass) }
    let y = Matrix(batch.partition, columns: 1, in: pass.arena)
    for b in 0..<x.rows {
      var sum = pass.parameters[bias]
      for term in 0..<terms { sum += x.row(b)[term] }
      y.values[b] = sum
    }
    return y
  }

  func backward(_ dy: Matrix, _ batch: Batch, _ pass: Pass) {
    for shard in 0..<batch.partition.shards {
      let rows = batch.partition.rows(ofShard: shard)
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias), dy.row(rows.lowerBound), stride: 1,
        rows: rows.count, columns: 1)
    }
    user?.backward(batch.users, dy, pass)
    item.backward(batch.candidates, dy, pass)
    for (index, mean) in itemFeatures.enumerated() {
      mean.backward(pass.submodel.itemFeatures[index], of: batch.candidates, dy, pass)
    }
    for (index, history) in histories.enumerated() { history.backward(batch.histories[index], dy, pass) }
    for fields in features where fields.count > 0 {
      fields.backward(batch, FirstOrder.repeated(dy, columns: fields.width, pass), pass)
    }
  }

  /// `dy` [B x 1] in every one of `columns` columns.
  static func repeated(_ dy: Matrix, columns: Int, _ pass: Pass) -> Matrix {
    let all = Matrix(dy.partition, columns: columns, in: pass.arena)
    for b in 0..<all.rows { all.row(b).update(repeating: dy.values[b], count: columns) }
    return all
  }
}

/// The terms of one history.
private final class FirstOrderHistory {
  /// One for the items, one for each of their features and one for each of the events'.
  let terms: Int
  private let item: Embedding
  private let itemFeatures: [ValueMean]
  private let events: [FeatureField]

  init(
    _ prefix: String, item: Embedding, _ features: ModelFeatures, _ eventFeatures: [ModelFeature],
    in layout: inout ModelLayout
  ) {
    self.item = item
    itemFeatures = FirstOrder.means(prefix, features, in: &layout)
    events = eventFeatures.map { feature in
      let name = prefix + features.key(of: feature)
      return FeatureField(feature, of: features, key: name, table: (name, 1), width: 1, in: &layout)
    }
    terms = 1 + itemFeatures.count + events.count
  }

  /// Writes [B x terms] into `y`: means over the entries.
  func forward(_ history: History, _ y: Matrix, _ pass: Pass) {
    let keys = Matrix(history.keyPartition, columns: terms, in: pass.arena)
    var next = Columns(keys)
    item.forward(history.keys, next.take(1), pass)
    for (index, mean) in itemFeatures.enumerated() {
      mean.forward(pass.submodel.itemFeatures[index], of: history.keys, next.take(1), pass)
    }
    for (index, event) in events.enumerated() { event.forward(values(history, index), next.take(1), pass) }
    HistorySum.forward(keys, history, y)
    HistoryMean.scale(y, history)
  }

  /// Given the gradient of the sum of the terms [B x 1].
  func backward(_ history: History, _ dy: Matrix, _ pass: Pass) {
    let dkeys = Matrix(zeros: history.keyPartition, columns: terms, in: pass.arena)
    let all = FirstOrder.repeated(dy, columns: terms, pass)
    HistoryMean.scale(all, history)
    HistorySum.backward(all, history, dkeys, pass)
    var next = Columns(dkeys)
    item.backward(history.keys, next.take(1), pass)
    for (index, mean) in itemFeatures.enumerated() {
      mean.backward(pass.submodel.itemFeatures[index], of: history.keys, next.take(1), pass)
    }
    for (index, event) in events.enumerated() { event.backward(values(history, index), next.take(1), pass) }
  }

  private func values(_ history: History, _ index: Int) -> FeatureValues {
    guard let events = history.events else { preconditionFailure("the batch holds the features") }
    return events[index]
  }
}
