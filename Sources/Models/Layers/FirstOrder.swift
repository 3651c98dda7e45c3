/// The first order of a model: one weight per feature value,
///
///     y = bias + user[u] + item[i] + mean of category[c] over c in categories(i)
///       + per history: mean over its entries h of (history_item[h] + mean of history_category[c] over h's c)
///       + w . genome(i), where present
///
/// A value in a history is not the same feature as that value in the candidate, so histories have weights of their
/// own. A feature with several values counts as their mean: with sums, whose steps grow with the square of a
/// history's length, SGD diverges at the paper's learning rate of 1 on long histories.
final class FirstOrder {
  private let bias: Int
  private let user: Embedding
  private let item: Embedding
  private let category: CategoryMean
  private let historyItem: [Embedding]
  private let historyCategory: [CategoryMean]
  private let genome: GenomeField?

  /// `prefix` is put before the names of the weights and tables.
  init(prefix: String = "", _ configuration: ModelConfiguration, in layout: inout ModelLayout) {
    bias = layout.addParameter("\(prefix)bias", [1], .constant(0))
    layout.outputBias = bias
    user = Embedding("\(prefix)user", field: .user, width: 1, in: &layout)
    item = Embedding("\(prefix)item", field: .item, width: 1, in: &layout)
    category = CategoryMean("\(prefix)category", width: 1, in: &layout)
    historyItem = configuration.histories.map {
      Embedding("\(prefix)history_\($0.rawValue)_item", field: .item, width: 1, in: &layout)
    }
    historyCategory = configuration.histories.map {
      CategoryMean("\(prefix)history_\($0.rawValue)_category", width: 1, in: &layout)
    }
    genome = GenomeField("\(prefix)genome", tags: configuration.genomeWidth, width: 1, in: &layout)
  }

  /// [B x 1].
  func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    // One column per term of the sum.
    let terms = 3 + 2 * historyItem.count + (genome == nil ? 0 : 1)
    let x = Matrix(batch.partition, columns: terms, in: pass.arena)
    user.forward(batch.users, x.columns(0..<1), pass)
    item.forward(batch.candidates, x.columns(1..<2), pass)
    category.forward(batch.candidates, x.columns(2..<3), pass)
    for index in historyItem.indices {
      let history = batch.histories[index]
      let keys = Matrix(history.keyPartition, columns: 2, in: pass.arena)
      historyItem[index].forward(history.keys, keys.columns(0..<1), pass)
      historyCategory[index].forward(history.keys, keys.columns(1..<2), pass)
      let means = x.columns(3 + 2 * index..<5 + 2 * index)
      HistorySum.forward(keys, history, means)
      HistoryMean.scale(means, history)
    }
    genome?.forward(batch, x.columns(terms - 1..<terms), pass)
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
    user.backward(batch.users, dy, pass)
    item.backward(batch.candidates, dy, pass)
    category.backward(batch.candidates, dy, pass)
    for index in historyItem.indices {
      let history = batch.histories[index]
      let dkeys = Matrix(zeros: history.keyPartition, columns: 2, in: pass.arena)
      let both = Matrix(batch.partition, columns: 2, in: pass.arena)
      for b in 0..<both.rows { both.row(b).update(repeating: dy.values[b], count: 2) }
      HistoryMean.scale(both, history)
      HistorySum.backward(both, history, dkeys)
      historyItem[index].backward(history.keys, dkeys.columns(0..<1), pass)
      historyCategory[index].backward(history.keys, dkeys.columns(1..<2), pass)
    }
    genome?.backward(dy, pass)
  }
}
