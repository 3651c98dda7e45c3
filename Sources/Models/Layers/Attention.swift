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
  /// What `backward` needs: the second to last layers' inputs and the softmax's weights, one row per pair.
  private var saved: (first: Matrix, second: Matrix, weights: UnsafeMutablePointer<Float>)?

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
    let (h1, h2) = hidden
    let first = try pair.forward(queries, keys, history, pass)
    let product = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    let scores = pass.arena.take(history.pairPartition.count, of: Float.self)
    let parameters = pass.parameters
    MatrixMultiply.multiply(
      first.view, pass.weight(offset: weight.second, rows: h1, columns: h2), into: product.mutableView,
      start: .row(parameters + bias.second))
    let second = try activation.forward(product, pass)
    for p in 0..<second.rows {
      let s = second.row(p)
      activation.apply(s, count: h2)
      scores[p] = Elementwise.dot(s, parameters + weight.third, count: h2) + parameters[bias.third]
    }
    softmax(scores, history, rows: y.rows)
    for b in 0..<y.rows { y.row(b).update(repeating: 0, count: keyWidth) }
    history.forEachPair(samples: y.rows) { pair, b, k in
      Elementwise.addScaled(y.row(b), keys.row(k), scores[pair], count: keyWidth)
    }
    saved = (first, second, scores)
  }

  /// Adds to `dqueries` [B x Eq] and, in each of the pass's sums, to `dkeys` [K x Ek].
  package func backward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) throws {
    guard let (first, second, weights) = saved else { preconditionFailure("backward follows forward") }
    let (h1, h2) = hidden
    let dscores = pass.arena.take(history.pairPartition.count, of: Float.self)
    weightedSumBackward(dy, keys, weights, history, dscores, dkeys, pass)
    let sums = pass.sums(ofPairs: history, samples: dy.rows)
    var dsecond = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    pass.forEachSum(second.partition, of: sums) { sum in
      thirdBackward(dscores, second, dsecond, sum, pass)
      if activation.isByRow { secondGradients(first, dsecond, sum, pass) }
    }
    if !activation.isByRow {
      dsecond = try pass.with(sums) { try activation.backward(dsecond, pass) }
      pass.forEachSum(second.partition, of: sums) { secondGradients(first, dsecond, $0, pass) }
    }
    let dfirst = Matrix(history.pairPartition, columns: h1, in: pass.arena)
    let transposed = pass.transposed(offset: weight.second, rows: h1, columns: h2)
    MatrixMultiply.multiply(dsecond.view, transposed, into: dfirst.mutableView, start: .zero)
    try pair.backward(dfirst, queries, keys, history, dqueries, dkeys, sums, pass)
  }

  /// Through the last layer, for the pairs of a sum: dw3 += dscore s, db3 += dscore, and, at the first of several sums over
  /// the same pairs, into `dsecond` dscore w3, through the activation where that goes row by row.
  private func thirdBackward(
    _ dscores: UnsafePointer<Float>, _ second: Matrix, _ dsecond: Matrix, _ sum: SummedRows, _ pass: Pass
  ) {
    let (dthird, dthirdBias) = (sum.gradients + weight.third, sum.gradients + bias.third)
    let third = pass.parameters + weight.third
    for p in sum.rows {
      let (s, d) = (second.row(p), dsecond.row(p))
      let dscore = dscores[p]
      let own = sum.coefficient(p) * dscore
      dthirdBias[0] += own
      guard sum.place == 0 else {
        Elementwise.addScaled(dthird, s, own, count: hidden.second)
        continue
      }
      for c in 0..<hidden.second {
        d[c] = dscore * third[c]
        dthird[c] = dthird[c].addingProduct(own, s[c])
      }
      activation.scale(d, s, count: hidden.second)
    }
  }

  /// A sum's part of the gradients of W2 and b2.
  private func secondGradients(_ first: Matrix, _ dsecond: Matrix, _ sum: SummedRows, _ pass: Pass) {
    let mark = pass.arena.mark
    let own = sum.scaled(dsecond, pass)
    Elementwise.addRows(
      sum.gradients + bias.second, own.row(sum.rows.lowerBound), stride: own.stride, rows: sum.rows.count,
      columns: hidden.second)
    MatrixMultiply.multiplyTransposedLeft(
      first.view(sum.rows), own.view(sum.rows),
      into: sum.gradient(offset: weight.second, rows: hidden.first, columns: hidden.second), start: .sum)
    pass.arena.rewind(to: mark)
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
    _ dscores: UnsafeMutablePointer<Float>, _ dkeys: Matrix, _ pass: Pass
  ) {
    var pair = 0
    for b in 0..<dy.rows {
      let d = dy.row(b)
      let start = Int(history.starts[b])
      let length = Int(history.lengths[b])
      var mean: Float = 0
      for i in 0..<length {
        let dweight = Elementwise.dot(d, keys.row(start + i), count: keyWidth)
        if let sums = pass.sums {
          for (place, sum) in sums.enumerated() {
            Elementwise.addScaled(
              dkeys.row(start + i) + place * keyWidth, d, sum.coefficients[b] * weights[pair + i],
              count: keyWidth)
          }
        } else {
          Elementwise.addScaled(dkeys.row(start + i), d, weights[pair + i], count: keyWidth)
        }
        dscores[pair + i] = dweight
        mean += weights[pair + i] * dweight
      }
      for i in 0..<length { dscores[pair + i] = weights[pair + i] * (dscores[pair + i] - mean) }
      pair += length
    }
  }
}
