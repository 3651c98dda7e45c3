import Dist
import Models
import Support

/// The gradient of the rows of a table that a step touches, summed over all ranks: of those that this host has.
struct RowGradients: BitwiseCopyable {
  /// [count] rows of the table, and their gradients [count x width].
  var rows: UnsafePointer<Int32>
  var values: UnsafeMutablePointer<Float>
  var count: Int
  /// Which of them this rank steps.
  var own: Range<Int> { first..<end }
  private var first: Int
  private var end: Int

  init(rows: UnsafePointer<Int32>, values: UnsafeMutablePointer<Float>, count: Int, own: Range<Int>) {
    self.rows = rows
    self.values = values
    self.count = count
    (first, end) = (own.lowerBound, own.upperBound)
  }
}

extension CloudTrainer {
  /// The gradients of all tables: of users' rows this rank's own, of those of items and values the sums over all ranks'.
  /// Collective.
  func tableGradients() throws -> UnsafeMutablePointer<RowGradients> {
    let all = arena.take(model.layout.tables.count, of: RowGradients.self)
    for index in 0..<model.layout.tables.count {
      let (rows, partition) = builder.rows(ofTable: index)
      all[index] = RowGradients(
        rows: rows, values: pass.submodel.tables[index].gradients, count: partition.count,
        own: 0..<partition.count)
    }
    for (lists, joint) in zip(touchedRows, jointTables.all) { fill(lists, joint) }
    try waiting.measure { try tableSum.sum(touchedRows) }
    for (sum, joint) in zip(tableSum.results, jointTables.all) {
      guard let rows = sum.ids.baseAddress, let values = sum.values.baseAddress else { continue }
      for (index, columns) in joint.tables {
        all[index] = RowGradients(
          rows: rows, values: matrix(of: columns, in: values, width: joint.width, rows: sum.count),
          count: sum.count, own: ownPart(rows, count: sum.count, ofTable: index))
      }
    }
    return all
  }

  /// The rows that this rank's shards touched, a list per shard, with the gradients of all tables of their space.
  private func fill(_ lists: SparseRows, _ joint: JointTables.Joint) {
    let (rows, partition) = builder.rows(joint.space)
    lists.removeAll()
    for shard in 0..<owned.count {
      let range = partition.rows(ofShard: shard)
      let list = UnsafeBufferPointer(start: rows + range.lowerBound, count: range.count)
      guard let values = lists.appendUnfilledList(list).baseAddress else { continue }
      for (index, columns) in joint.tables {
        Rows.copy(
          pass.submodel.tables[index].gradients + range.lowerBound * columns.count, stride: columns.count,
          to: values + columns.lowerBound, stride: joint.width, width: columns.count, count: range.count)
      }
    }
  }

  /// Some columns of `values` [rows x width] as a matrix of their own: the values themselves where it is all of them.
  private func matrix(
    of columns: Range<Int>, in values: UnsafeMutablePointer<Float>, width: Int, rows: Int
  ) -> UnsafeMutablePointer<Float> {
    if columns.count == width { return values }
    let own = arena.take(rows * columns.count, of: Float.self)
    Rows.copy(
      values + columns.lowerBound, stride: width, to: own, stride: columns.count, width: columns.count,
      count: rows)
    return own
  }

  /// Which of `count` summed rows `ids` of a table this rank steps.
  private func ownPart(_ ids: UnsafePointer<Int32>, count: Int, ofTable index: Int) -> Range<Int> {
    guard job.training.embeddingRows == .all else { return hosts.part(of: 0..<count) }
    return RowRanges.cut(ids, count, to: steppedRows(ofTable: index))
  }

  /// Adds the penalty's gradient to the rows of a table that this rank steps, unless `clip` has done so: others change
  /// the rest meanwhile.
  func penalize(_ index: Int, _ gradients: RowGradients) {
    let rule = job.training.regularization
    if rule.clip == nil { penalize(index, gradients, gradients.own, rule) }
  }

  private func penalize(_ index: Int, _ gradients: RowGradients, _ range: Range<Int>, _ rule: Regularization)
  {
    let width = model.layout.tables[index].width
    rule.addPenalty(
      table: weights.tables[index], rows: gradients.rows + range.lowerBound, count: range.count, width: width,
      to: gradients.values + range.lowerBound * width)
  }

  /// Adds all penalties' gradients, and scales the whole gradient down where its norm is too large. The parts of this become
  /// phases; returns the time of now. Collective.
  func clip(_ gradients: UnsafeMutablePointer<RowGradients>, since start: Double) throws -> Double {
    let rule = job.training.regularization
    rule.addPenalty(model.layout, weights.dense, to: vector.gradients)
    for index in 0..<model.layout.tables.count {
      penalize(index, gradients[index], 0..<gradients[index].count, rule)
    }
    let time = clock.end(.update, since: start)
    let squares = try squaredNorm(gradients)
    let summed = clock.end(.denseSum, since: time)
    if let factor = rule.factor(squaredNorm: squares) {
      Regularization.scale(vector.gradients, factor, count: model.layout.parameterCount)
      for index in 0..<model.layout.tables.count {
        let (width, own) = (model.layout.tables[index].width, gradients[index].own)
        Regularization.scale(
          gradients[index].values + own.lowerBound * width, factor, count: own.count * width)
      }
    }
    return summed
  }

  /// The sum of the squares of the whole gradient, the same bits on every rank and for any number of ranks: that of rows is
  /// summed over the virtual shards that they belong to, every rank has the rest. No rank has the sum before every rank has
  /// read the weights that its penalties need. Collective.
  private func squaredNorm(_ gradients: UnsafeMutablePointer<RowGradients>) throws -> Double {
    let squares = arena.takeZeros(owned.count, of: Double.self)
    for index in 0..<model.layout.tables.count {
      let (width, rows) = (model.layout.tables[index].width, gradients[index])
      for shard in 0..<owned.count {
        let range = gradientRows(rows, ofTable: index, shard: shard)
        squares[shard] += Regularization.squaredNorm(
          rows.values + range.lowerBound * width, count: range.count * width)
      }
    }
    try waiting.measure { try tree.sum(squares, count: 1) }
    return Regularization.squaredNorm(vector.gradients, count: model.layout.parameterCount) + squares[0]
  }

  /// Which rows of a table's gradient belong to this rank's shard at `shard`.
  private func gradientRows(_ gradients: RowGradients, ofTable index: Int, shard: Int) -> Range<Int> {
    if model.layout.tables[index].space == .user {
      return builder.rows(ofTable: index).partition.rows(ofShard: shard)
    }
    let number = owned.lowerBound + shard
    let rows = RowShare(shards: number..<number + 1, of: map.shards).rows(of: weights.rows(ofTable: index))
    return RowRanges.cut(gradients.rows, gradients.count, to: rows)
  }

  /// Steps this rank's part of the rows of a table.
  func stepRows(_ index: Int, _ gradients: RowGradients, _ update: Optimizer.Step) {
    let (own, width) = (gradients.own, model.layout.tables[index].width)
    update.apply(
      table: weights.tables[index], rows: gradients.rows + own.lowerBound, count: own.count, width: width,
      gradients.values + own.lowerBound * width, state: state.tables[index], stride: state.tableSizes[index])
    if job.training.embeddingRows == .all { stepUntouchedRows(index, gradients, update) }
  }
}
