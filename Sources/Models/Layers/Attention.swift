/// DIN's local activation unit (Zhou et al., KDD 2018, section 4.3), over ragged histories:
///
///     score(b, k) = sigmoid(pair(q_b, k) W2 + b2) . w3 + b3
///     y_b = sum over the entries k of b of softmax_k(score(b, k)) k
///
/// with q [B x Eq] the queries (candidates), k [K x Ek] the history's entries, `pair` the first layer with its
/// sigmoid (`PairLayer`), W2 [H1 x H2], b2 and w3 [H2]. A sample with an empty history gets y = 0.
package final class Attention {
  private let keyWidth: Int
  private let hidden: (first: Int, second: Int)
  private let pair: PairLayer
  private let weight: (second: Int, third: Int)
  private let bias: (second: Int, third: Int)
  /// What `backward` needs: the second to last layers' inputs and the softmax's weights, one row per pair.
  private var saved: (first: Matrix, second: Matrix, weights: UnsafeMutablePointer<Float>)?

  package init(
    _ name: String, queryWidth: Int, keyWidth: Int, hidden: (first: Int, second: Int),
    input: AttentionInput = .concatenated, in layout: inout ModelLayout
  ) {
    self.keyWidth = keyWidth
    self.hidden = hidden
    pair = PairLayer(
      "\(name)/0", queryWidth: queryWidth, keyWidth: keyWidth, outputs: hidden.first, input: input,
      in: &layout)
    let second = layout.addParameter("\(name)/1/weight", [hidden.first, hidden.second], .glorotUniform)
    let secondBias = layout.addParameter("\(name)/1/bias", [hidden.second], .constant(0))
    let third = layout.addParameter("\(name)/2/weight", [hidden.second, 1], .glorotUniform)
    let thirdBias = layout.addParameter("\(name)/2/bias", [1], .constant(0))
    weight = (second, third)
    bias = (secondBias, thirdBias)
  }

  /// Writes [B x Ek] into `y`, from `queries` [B x Eq] and `keys` [K x Ek].
  package func forward(_ queries: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass) {
    let (h1, h2) = hidden
    let first = pair.forward(queries, keys, history, pass)
    let second = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    let scores = pass.arena.take(history.pairPartition.count, of: Float.self)
    let parameters = pass.parameters
    MatrixMultiply.multiply(
      first.view, pass.weight(offset: weight.second, rows: h1, columns: h2), into: second.mutableView,
      start: .row(parameters + bias.second))
    for p in 0..<second.rows {
      let s = second.row(p)
      for c in 0..<h2 { s[c] = Elementwise.sigmoid(s[c]) }
      scores[p] = Elementwise.dot(s, parameters + weight.third, count: h2) + parameters[bias.third]
    }
    softmax(scores, history, rows: y.rows)
    for b in 0..<y.rows { y.row(b).update(repeating: 0, count: keyWidth) }
    history.forEachPair(samples: y.rows) { pair, b, k in
      Elementwise.addScaled(y.row(b), keys.row(k), scores[pair], count: keyWidth)
    }
    saved = (first, second, scores)
  }

  /// Adds to `dqueries` [B x Eq] and `dkeys` [K x Ek].
  package func backward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) {
    guard let (first, second, weights) = saved else { preconditionFailure("backward follows forward") }
    let (h1, h2) = hidden
    let parameters = pass.parameters
    let dscores = pass.arena.take(history.pairPartition.count, of: Float.self)
    weightedSumBackward(dy, keys, weights, history, dscores, dkeys)
    let dsecond = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    let dfirst = Matrix(history.pairPartition, columns: h1, in: pass.arena)
    for shard in 0..<second.partition.shards {
      let pairs = second.partition.rows(ofShard: shard)
      let dthird = pass.gradient(shard: shard, offset: weight.third)
      let dthirdBias = pass.gradient(shard: shard, offset: bias.third)
      let dsecondBias = pass.gradient(shard: shard, offset: bias.second)
      let third = parameters + weight.third
      for p in pairs {
        let s = second.row(p)
        let d = dsecond.row(p)
        let dscore = dscores[p]
        for c in 0..<h2 {
          let gradient = dscore * third[c] * s[c] * (1 - s[c])
          d[c] = gradient
          dsecondBias[c] += gradient
          dthird[c] = dthird[c].addingProduct(dscore, s[c])
        }
        dthirdBias[0] += dscore
      }
      MatrixMultiply.multiplyTransposedLeft(
        first.view(pairs), dsecond.view(pairs),
        into: pass.gradient(shard: shard, offset: weight.second, rows: h1, columns: h2), start: .sum)
    }
    let transposed = Transposition.transpose(
      pass.weight(offset: weight.second, rows: h1, columns: h2), in: pass.arena)
    MatrixMultiply.multiply(dsecond.view, transposed, into: dfirst.mutableView, start: .zero)
    pair.backward(dfirst, queries, keys, history, dqueries, dkeys, pass)
  }

  /// Softmax over each sample's pairs, in place.
  private func softmax(_ scores: UnsafeMutablePointer<Float>, _ history: History, rows: Int) {
    var pair = 0
    for b in 0..<rows {
      let length = Int(history.lengths[b])
      let own = scores + pair
      pair += length
      if length > 0 { Elementwise.softmax(own, count: length) }
    }
  }

  /// Through the weighted sum and the softmax, with a the softmax's weights: da_p = dy_b . k, dk += a_p dy_b,
  /// dscore_p = a_p (da_p - sum over b's pairs of a da).
  private func weightedSumBackward(
    _ dy: Matrix, _ keys: Matrix, _ weights: UnsafePointer<Float>, _ history: History,
    _ dscores: UnsafeMutablePointer<Float>, _ dkeys: Matrix
  ) {
    var pair = 0
    for b in 0..<dy.rows {
      let d = dy.row(b)
      let start = Int(history.starts[b])
      let length = Int(history.lengths[b])
      var mean: Float = 0
      for i in 0..<length {
        let dweight = Elementwise.dot(d, keys.row(start + i), count: keyWidth)
        Elementwise.addScaled(dkeys.row(start + i), d, weights[pair + i], count: keyWidth)
        dscores[pair + i] = dweight
        mean += weights[pair + i] * dweight
      }
      for i in 0..<length { dscores[pair + i] = weights[pair + i] * (dscores[pair + i] - mean) }
      pair += length
    }
  }
}
