/// What a candidate and an entry each give to a layer on pairs, whatever they are paired with: q V_q + b once per sample
/// and k V_k once per distinct entry, with V_q = W_q and V_k = W_k or, where the layer sees q - k too,
/// V_q = W_q + W_d and V_k = W_k - W_d.
///
/// A shard's parts are computed at a time, in memory that the next shard's take over: they are used while they are in
/// the cache, and none is kept, for `backward` needs only their gradients.
final class PairParts {
  private let queryWidth: Int
  private let keyWidth: Int
  private let outputs: Int
  private let weight: Int
  private let bias: Int
  private let hasDifference: Bool
  /// Where the rows for k and q - k start in W.
  private var keyOffset: Int { weight + queryWidth * outputs }
  private var differenceOffset: Int { keyOffset + keyWidth * outputs }
  /// V_q [Eq x outputs] and V_k [Ek x outputs], and a shard's rows of both parts.
  private var state:
    (weights: (query: MatrixView, key: MatrixView), rows: (query: ShardRows, key: ShardRows))?
  /// V_q and V_k transposed, for a backward pass.
  private var transposed: (query: MatrixView, key: MatrixView)?

  /// `weight` and `bias` are the places of W, with the rows W_q, W_k and W_d in this order, and of b.
  init(queryWidth: Int, keyWidth: Int, outputs: Int, weight: Int, bias: Int, hasDifference: Bool) {
    self.queryWidth = queryWidth
    self.keyWidth = keyWidth
    self.outputs = outputs
    self.weight = weight
    self.bias = bias
    self.hasDifference = hasDifference
  }

  /// One shard's rows [rows of the shard x width], by their numbers in the batch.
  struct ShardRows {
    let values: UnsafeMutablePointer<Float>
    let width: Int
    private(set) var range = 0..<0

    init(atMost rows: Int, width: Int, in arena: Arena) {
      values = arena.take(rows * width)
      self.width = width
    }

    func with(_ range: Range<Int>) -> ShardRows {
      var rows = self
      rows.range = range
      return rows
    }

    @inline(__always)
    func row(_ index: Int) -> UnsafeMutablePointer<Float> {
      assert(range.contains(index), "the row is one of the shard's")
      return values + (index - range.lowerBound) * width
    }

    var view: MutableMatrixView { MutableMatrixView(values, rows: range.count, columns: width) }

    func clear() { values.update(repeating: 0, count: range.count * width) }
  }

  /// Before the first shard of a pass.
  func begin(_ inputs: PairInputs, _ pass: Pass) {
    let (queries, keys) = (inputs.samples.largestShard, inputs.keys.partition.largestShard)
    state = (
      joinedWeights(pass),
      (
        ShardRows(atMost: queries, width: outputs, in: pass.arena),
        ShardRows(atMost: keys, width: outputs, in: pass.arena)
      )
    )
  }

  private func rows(_ shard: Int, _ inputs: PairInputs) -> (query: ShardRows, key: ShardRows) {
    guard let state else { preconditionFailure("a pass is begun") }
    return (
      state.rows.query.with(inputs.samples.rows(ofShard: shard)),
      state.rows.key.with(inputs.keys.partition.rows(ofShard: shard))
    )
  }

  /// Both parts of a shard.
  func forward(_ shard: Int, _ inputs: PairInputs, _ pass: Pass) -> (query: ShardRows, key: ShardRows) {
    guard let (weights, _) = state else { preconditionFailure("a pass is begun") }
    let (query, key) = rows(shard, inputs)
    MatrixMultiply.multiply(
      inputs.queries.view(query.range), weights.query, into: query.view, start: .row(pass.parameters + bias))
    MatrixMultiply.multiply(inputs.keys.view(key.range), weights.key, into: key.view, start: .zero)
    return (query, key)
  }

  /// Zeros, to which the pairs of a shard add the gradients at both parts; at the entries', in each of the pass's sums side
  /// by side.
  func gradients(_ shard: Int, _ inputs: PairInputs, _ pass: Pass) -> (query: ShardRows, key: ShardRows) {
    var (query, key) = rows(shard, inputs)
    if pass.sumCount > 1 {
      key = ShardRows(atMost: key.range.count, width: pass.sumCount * outputs, in: pass.arena)
        .with(key.range)
    }
    query.clear()
    key.clear()
    // Once per pass: the memory of an earlier one may have been given back.
    if shard == 0, let (weights, _) = state {
      transposed = (
        Transposition.transpose(weights.query, in: pass.arena),
        Transposition.transpose(weights.key, in: pass.arena)
      )
    }
    return (query, key)
  }

  /// From the gradients at a shard's parts to those of W, b, q and k.
  func backward(
    _ dparts: (query: ShardRows, key: ShardRows), _ shard: Int, _ inputs: PairInputs,
    _ gradients: PairGradients, _ pass: Pass
  ) {
    guard let transposed else { preconditionFailure("a pass is begun") }
    let (dquery, dkey) = dparts
    let count = pass.sumCount
    pass.forEachSum(inputs.samples, ofShard: shard, of: pass.sums) { sum in
      let mark = pass.arena.mark
      let own = sum.scaled(MatrixView(dquery.view), from: dquery.range.lowerBound, pass)
      Elementwise.addRows(
        sum.gradients + bias, own.values, stride: own.stride, rows: own.rows, columns: outputs)
      weightGradient(
        inputs.queries.view(dquery.range), own, width: queryWidth, offset: weight, sign: 1, sum, pass)
      weightGradient(
        inputs.keys.view(dkey.range), part(dkey, sum.place), width: keyWidth, offset: keyOffset, sign: -1,
        sum, pass)
      pass.arena.rewind(to: mark)
    }
    // dx += dpart V^T.
    MatrixMultiply.multiply(
      MatrixView(dquery.view), transposed.query, into: gradients.queries.mutableView(dquery.range),
      start: .sum)
    for place in 0..<count {
      MatrixMultiply.multiply(
        part(dkey, place), transposed.key,
        into: gradients.keys.part(place, of: count).mutableView(dkey.range), start: .sum)
    }
  }

  /// The sum at `place` of those side by side in `rows`.
  private func part(_ rows: ShardRows, _ place: Int) -> MatrixView {
    MatrixView(
      rows.values + place * outputs, rows: rows.range.count, columns: outputs, stride: rows.width)
  }

  private func joinedWeights(_ pass: Pass) -> (query: MatrixView, key: MatrixView) {
    guard hasDifference else {
      return (
        pass.weight(offset: weight, rows: queryWidth, columns: outputs),
        pass.weight(offset: keyOffset, rows: keyWidth, columns: outputs)
      )
    }
    let parameters = pass.parameters
    let count = keyWidth * outputs
    let difference = parameters + differenceOffset
    let query = pass.arena.take(count, of: Float.self)
    let key = pass.arena.take(count, of: Float.self)
    for i in 0..<count { query[i] = parameters[weight + i] + difference[i] }
    for i in 0..<count { key[i] = parameters[keyOffset + i] - difference[i] }
    return (
      MatrixView(query, rows: queryWidth, columns: outputs), MatrixView(key, rows: keyWidth, columns: outputs)
    )
  }

  /// One part: dW += x^T dpart, and to W_d's gradient `sign` times that, the sign of x in q - k.
  private func weightGradient(
    _ x: MatrixView, _ dpart: MatrixView, width: Int, offset: Int, sign: Float, _ sum: SummedRows,
    _ pass: Pass
  ) {
    let dweight = sum.gradient(offset: offset, rows: width, columns: outputs)
    guard hasDifference else {
      return MatrixMultiply.multiplyTransposedLeft(x, dpart, into: dweight, start: .sum)
    }
    let mark = pass.arena.mark
    let joined = pass.arena.take(width * outputs, of: Float.self)
    MatrixMultiply.multiplyTransposedLeft(
      x, dpart, into: MutableMatrixView(joined, rows: width, columns: outputs), start: .zero)
    Elementwise.add(dweight.values, joined, count: width * outputs)
    Elementwise.addScaled(
      sum.gradients + differenceOffset, joined, sign, count: width * outputs)
    pass.arena.rewind(to: mark)
  }
}
