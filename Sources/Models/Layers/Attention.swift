/// DIN's local activation unit (Zhou et al., KDD 2018, section 4.3), over ragged histories:
///
///     score(b, k) = f(pair(q_b, k) W2 + b2) . w3 + b3
///     y_b = sum over the entries k of b of softmax_k(score(b, k)) k
///
/// with q [B x Eq] the queries (candidates), k [K x Ek] the history's entries, `pair` the first layer with its
/// activation (`PairLayer`), f that of the second, W2 [H1 x H2], b2 and w3 [H2]. A sample with an empty history gets
/// y = 0. Dice's batch statistics are those of all pairs.
package final class Attention {
  private let keyWidth: Int
  private let hidden: (first: Int, second: Int)
  private let pair: PairLayer
  private let weight: (second: Int, third: Int)
  private let bias: (second: Int, third: Int)
  private let activation: PairActivation
  /// What `backward` needs: what the layers read, their outputs [P x H1] and [P x H2] and the softmax's weights [P].
  private var saved:
    (inputs: PairInputs, first: Matrix, second: Matrix, weights: UnsafeMutablePointer<Float>)?

  package init(
    _ name: String, queryWidth: Int, keyWidth: Int, hidden: (first: Int, second: Int),
    input: AttentionInput = .concatenated, activation: Activation = .sigmoid, in layout: inout ModelLayout
  ) {
    self.keyWidth = keyWidth
    self.hidden = hidden
    pair = PairLayer(
      "\(name)/0", queryWidth: queryWidth, keyWidth: keyWidth, outputs: hidden.first, input: input,
      activation: activation, in: &layout)
    let second = layout.addParameter("\(name)/1/weight", [hidden.first, hidden.second], .glorotUniform)
    let secondBias = layout.addParameter("\(name)/1/bias", [hidden.second], .constant(0))
    self.activation = PairActivation(activation, "\(name)/1", columns: hidden.second, in: &layout)
    let third = layout.addParameter("\(name)/2/weight", [hidden.second, 1], .glorotUniform)
    let thirdBias = layout.addParameter("\(name)/2/bias", [1], .constant(0))
    weight = (second, third)
    bias = (secondBias, thirdBias)
  }

  /// Writes [B x Ek] into `y`, from `queries` [B x Eq] and `keys` [K x Ek].
  package func forward(
    _ queries: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass
  ) throws {
    let inputs = PairInputs(queries: queries, keys: keys, history: history)
    var first = pair.begin(inputs, pass)
    var second = Matrix(history.pairPartition, columns: hidden.second, in: pass.arena)
    let weights = pass.arena.take(history.pairPartition.count, of: Float.self)
    for shard in 0..<inputs.samples.shards {
      pair.beginForward(shard, pass)
      history.forEachBlock(ofShard: shard, inputs.samples) { block in
        pair.forward(block, pass)
        guard activation.isByRow else { return }
        secondForward(first, second, block, pass)
        outputForward(second, weights, inputs, y, block, pass)
      }
    }
    if !activation.isByRow {
      first = try pair.activation.forward(first, pass)
      forEachBlock(inputs) { block, _ in secondForward(first, second, block, pass) }
      second = try activation.forward(second, pass)
      forEachBlock(inputs) { block, _ in outputForward(second, weights, inputs, y, block, pass) }
    }
    saved = (inputs, first, second, weights)
  }

  /// Adds to `dqueries` [B x Eq] and, in each of the pass's sums, to `dkeys` [K x Ek].
  package func backward(_ dy: Matrix, _ dqueries: Matrix, _ dkeys: Matrix, _ pass: Pass) throws {
    guard let (inputs, first, second, weights) = saved else {
      preconditionFailure("backward follows forward")
    }
    let gradients = PairGradients(queries: dqueries, keys: dkeys)
    let transposed = pass.transposed(offset: weight.second, rows: hidden.first, columns: hidden.second)
    let sums = pass.sums(ofPairs: inputs.history, samples: dy.rows)
    let largest = inputs.history.largestBlock(inputs.samples)
    let dscores = pass.arena.take(largest, of: Float.self)
    if activation.isByRow {
      // A block's gradients are dead when the next block begins, and leave it their memory.
      let (dsecond, dfirst) = (
        pass.arena.take(largest * hidden.second, of: Float.self),
        pass.arena.take(largest * hidden.first, of: Float.self)
      )
      forEachBlockOfPairLayer(inputs, gradients, pass) { block, shard in
        let dsecond = MutableMatrixView(dsecond, rows: block.pairs.count, columns: hidden.second)
        let dfirst = MutableMatrixView(dfirst, rows: block.pairs.count, columns: hidden.first)
        weightedSumBackward(dy, inputs, weights, dscores, dkeys, block, pass)
        outputBackward(dscores, second, dsecond, block, shard, sums, pass) { dy, y in dy * y * (1 - y) }
        secondGradients(first, MatrixView(dsecond), block, shard, sums, pass)
        MatrixMultiply.multiply(MatrixView(dsecond), transposed, into: dfirst, start: .zero)
        pair.backward(dfirst, block, shard, gradients, sums, pass)
      }
      return
    }
    var dsecond = Matrix(inputs.history.pairPartition, columns: hidden.second, in: pass.arena)
    forEachBlock(inputs) { block, shard in
      weightedSumBackward(dy, inputs, weights, dscores, dkeys, block, pass)
      outputBackward(dscores, second, dsecond.mutableView(block.pairs), block, shard, sums, pass) {
        dy, _ in dy
      }
    }
    dsecond = try pass.with(sums) { try activation.backward(dsecond, pass) }
    var dfirst = Matrix(inputs.history.pairPartition, columns: hidden.first, in: pass.arena)
    forEachBlock(inputs) { block, shard in
      secondGradients(first, dsecond.view(block.pairs), block, shard, sums, pass)
      MatrixMultiply.multiply(
        dsecond.view(block.pairs), transposed, into: dfirst.mutableView(block.pairs), start: .zero)
    }
    dfirst = try pass.with(sums) { try pair.activation.backward(dfirst, pass) }
    forEachBlockOfPairLayer(inputs, gradients, pass) { block, shard in
      pair.backward(dfirst.mutableView(block.pairs), block, shard, gradients, sums, pass)
    }
  }

  @inline(__always)
  private func forEachBlock(_ inputs: PairInputs, _ body: (_ block: PairBlock, _ shard: Int) -> Void) {
    for shard in 0..<inputs.samples.shards {
      inputs.history.forEachBlock(ofShard: shard, inputs.samples) { body($0, shard) }
    }
  }

  /// Every block, for `body` to take the first layer's `backward` of it.
  @inline(__always)
  private func forEachBlockOfPairLayer(
    _ inputs: PairInputs, _ gradients: PairGradients, _ pass: Pass,
    _ body: (_ block: PairBlock, _ shard: Int) -> Void
  ) {
    for shard in 0..<inputs.samples.shards {
      pair.beginBackward(shard, pass)
      inputs.history.forEachBlock(ofShard: shard, inputs.samples) { body($0, shard) }
      pair.endBackward(shard, gradients, pass)
    }
  }

  /// A block's rows of the second layer; through the activation where that goes row by row.
  private func secondForward(_ first: Matrix, _ second: Matrix, _ block: PairBlock, _ pass: Pass) {
    MatrixMultiply.multiply(
      first.view(block.pairs), pass.weight(offset: weight.second, rows: hidden.first, columns: hidden.second),
      into: second.mutableView(block.pairs), start: .row(pass.parameters + bias.second))
    guard activation.isByRow else { return }
    Elementwise.sigmoid(second.row(block.pairs.lowerBound), count: block.pairs.count * hidden.second)
  }

  /// A block's scores, the softmax over each sample's and the weighted sums.
  private func outputForward(
    _ second: Matrix, _ weights: UnsafeMutablePointer<Float>, _ inputs: PairInputs, _ y: Matrix,
    _ block: PairBlock, _ pass: Pass
  ) {
    let (third, thirdBias) = (pass.parameters + weight.third, pass.parameters[bias.third])
    for p in block.pairs {
      weights[p] = Elementwise.dot(second.row(p), third, count: hidden.second) + thirdBias
    }
    var pair = block.pairs.lowerBound
    for b in block.samples {
      let length = Int(inputs.history.lengths[b])
      if length > 0 { Elementwise.softmax(weights + pair, count: length) }
      pair += length
      y.row(b).update(repeating: 0, count: keyWidth)
    }
    let own = weights + block.pairs.lowerBound
    inputs.history.forEachPair(of: block) { pair, b, k in
      Elementwise.addScaled(y.row(b), inputs.keys.row(k), own[pair], count: keyWidth)
    }
  }

  /// Through the last layer, for a block's pairs: dw3 += dscore s, db3 += dscore in each sum, and into `dsecond` dscore w3,
  /// through the derivative `df` of the activation.
  @inline(__always)
  private func outputBackward(
    _ dscores: UnsafePointer<Float>, _ second: Matrix, _ dsecond: MutableMatrixView, _ block: PairBlock,
    _ shard: Int, _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass,
    _ df: (_ dy: Float, _ y: Float) -> Float
  ) {
    let third = pass.parameters + weight.third
    let first = block.pairs.lowerBound
    pass.forEachSum(second.partition, ofShard: shard, of: sums) { sum in
      let (dthird, dthirdBias) = (sum.gradients + weight.third, sum.gradients + bias.third)
      for p in sum.within(block.pairs).rows {
        let (s, d, dscore) = (second.row(p), dsecond.row(p - first), dscores[p - first])
        let own = sum.coefficient(p) * dscore
        dthirdBias[0] += own
        guard sum.place == 0 else {
          Elementwise.addScaled(dthird, s, own, count: hidden.second)
          continue
        }
        for c in 0..<hidden.second {
          d[c] = df(dscore * third[c], s[c])
          dthird[c] = dthird[c].addingProduct(own, s[c])
        }
      }
    }
  }

  /// A block's part of the gradients of W2 and b2.
  private func secondGradients(
    _ first: Matrix, _ dsecond: MatrixView, _ block: PairBlock, _ shard: Int,
    _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass
  ) {
    pass.forEachSum(first.partition, ofShard: shard, of: sums) { sum in
      let rows = sum.within(block.pairs).rows
      let mark = pass.arena.mark
      let part = MatrixView(
        dsecond.values + (rows.lowerBound - block.pairs.lowerBound) * dsecond.stride, rows: rows.count,
        columns: dsecond.columns, stride: dsecond.stride)
      let own = sum.scaled(part, from: rows.lowerBound, pass)
      Elementwise.addRows(
        sum.gradients + bias.second, own.values, stride: own.stride, rows: own.rows, columns: hidden.second)
      MatrixMultiply.multiplyTransposedLeft(
        first.view(rows), own,
        into: sum.gradient(offset: weight.second, rows: hidden.first, columns: hidden.second), start: .sum)
      pass.arena.rewind(to: mark)
    }
  }

  /// Through the weighted sum and the softmax of a block's pairs, with a the softmax's weights: da_p = dy_b . k,
  /// dk += a_p dy_b, dscore_p = a_p (da_p - sum over b's pairs of a da).
  private func weightedSumBackward(
    _ dy: Matrix, _ inputs: PairInputs, _ weights: UnsafePointer<Float>,
    _ dscores: UnsafeMutablePointer<Float>, _ dkeys: Matrix, _ block: PairBlock, _ pass: Pass
  ) {
    let own = weights + block.pairs.lowerBound
    var pair = 0
    for b in block.samples {
      let d = dy.row(b)
      let start = Int(inputs.history.starts[b])
      let length = Int(inputs.history.lengths[b])
      var mean: Float = 0
      for i in 0..<length {
        let dweight = Elementwise.dot(d, inputs.keys.row(start + i), count: keyWidth)
        if let sums = pass.sums {
          for (place, sum) in sums.enumerated() {
            Elementwise.addScaled(
              dkeys.row(start + i) + place * keyWidth, d, sum.coefficients[b] * own[pair + i], count: keyWidth
            )
          }
        } else {
          Elementwise.addScaled(dkeys.row(start + i), d, own[pair + i], count: keyWidth)
        }
        dscores[pair + i] = dweight
        mean += own[pair + i] * dweight
      }
      for i in 0..<length { dscores[pair + i] = own[pair + i] * (dscores[pair + i] - mean) }
      pair += length
    }
  }
}
