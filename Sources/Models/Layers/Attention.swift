/// DIN's local activation unit (Zhou et al., KDD 2018, section 4.3), over ragged histories:
///
///     score(b, k) = w3 . sigmoid(W2 sigmoid(W1 [q_b ; k] + b1) + b2) + b3
///     y_b = sum over the entries k of b of softmax_k(score(b, k)) k
///
/// with q [B x E] the candidates and k [K x E] the history entries. The first layer splits by its inputs,
/// W1 [q ; k] = W1q q + W1k k: the parts are computed once per sample and once per distinct entry, and
/// only their sum once per pair. A sample with an empty history gets y = 0.
final class Attention {
  private let width: Int
  private let hidden: (first: Int, second: Int)
  private let weight: (first: Int, second: Int, third: Int)
  private let bias: (first: Int, second: Int, third: Int)
  /// What `backward` needs: the second to last layers' inputs and the softmax's weights, one row per pair.
  private var saved: (first: Matrix, second: Matrix, weights: UnsafeMutablePointer<Float>)?

  init(_ name: String, width: Int, hidden: (first: Int, second: Int), in layout: inout ModelLayout) {
    self.width = width
    self.hidden = hidden
    let first = layout.addParameter("\(name)/0/weight", [2 * width, hidden.first], .glorotUniform)
    let firstBias = layout.addParameter("\(name)/0/bias", [hidden.first], .constant(0))
    let second = layout.addParameter("\(name)/1/weight", [hidden.first, hidden.second], .glorotUniform)
    let secondBias = layout.addParameter("\(name)/1/bias", [hidden.second], .constant(0))
    let third = layout.addParameter("\(name)/2/weight", [hidden.second, 1], .glorotUniform)
    let thirdBias = layout.addParameter("\(name)/2/bias", [1], .constant(0))
    weight = (first, second, third)
    bias = (firstBias, secondBias, thirdBias)
  }

  /// Writes [B x E] into `y`, from `candidates` [B x E] and `keys` [K x E].
  func forward(_ candidates: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass) {
    let (h1, h2) = hidden
    let candidatePart = Matrix(candidates.partition, columns: h1, in: pass.arena)
    let keyPart = Matrix(keys.partition, columns: h1, in: pass.arena)
    let first = Matrix(history.pairPartition, columns: h1, in: pass.arena)
    let second = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    let scores = pass.arena.take(history.pairPartition.count, of: Float.self)
    let parameters = pass.parameters
    for b in 0..<candidatePart.rows {
      candidatePart.row(b).update(from: parameters + bias.first, count: h1)
    }
    for p in 0..<second.rows { second.row(p).update(from: parameters + bias.second, count: h2) }
    for shard in 0..<candidates.partition.shards {
      let samples = candidates.partition.rows(ofShard: shard)
      let entries = keys.partition.rows(ofShard: shard)
      let pairs = history.pairPartition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        samples.count, h1, width, candidates.row(samples.lowerBound), candidates.stride,
        parameters + weight.first, h1, candidatePart.row(samples.lowerBound), h1, beta: 1)
      MatrixMultiply.multiply(
        entries.count, h1, width, keys.row(entries.lowerBound), keys.stride,
        parameters + weight.first + width * h1, h1, keyPart.row(entries.lowerBound), h1, beta: 0)
      var pair = pairs.lowerBound
      for b in samples {
        let fromCandidate = candidatePart.row(b)
        let start = Int(history.starts[b])
        for k in start..<start + Int(history.lengths[b]) {
          let fromKey = keyPart.row(k)
          let to = first.row(pair)
          for c in 0..<h1 { to[c] = Elementwise.sigmoid(fromCandidate[c] + fromKey[c]) }
          pair += 1
        }
      }
      MatrixMultiply.multiply(
        pairs.count, h2, h1, first.row(pairs.lowerBound), h1, parameters + weight.second, h2,
        second.row(pairs.lowerBound), h2, beta: 1)
      Elementwise.sigmoid(second.row(pairs.lowerBound), count: pairs.count * h2)
    }
    for p in 0..<second.rows {
      scores[p] =
        Elementwise.dot(second.row(p), parameters + weight.third, count: h2) + parameters[bias.third]
    }
    softmax(scores, history, rows: y.rows)
    var pair = 0
    for b in 0..<y.rows {
      let to = y.row(b)
      to.update(repeating: 0, count: width)
      let start = Int(history.starts[b])
      for k in start..<start + Int(history.lengths[b]) {
        Elementwise.addScaled(to, keys.row(k), scores[pair], count: width)
        pair += 1
      }
    }
    saved = (first, second, scores)
  }

  /// Adds to `dcandidates` [B x E] and `dkeys` [K x E].
  func backward(
    _ dy: Matrix, _ candidates: Matrix, _ keys: Matrix, _ history: History, _ dcandidates: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) {
    guard let (first, second, weights) = saved else { preconditionFailure("backward follows forward") }
    let (h1, h2) = hidden
    let parameters = pass.parameters
    let dscores = pass.arena.take(history.pairPartition.count, of: Float.self)
    weightedSumBackward(dy, keys, weights, history, dscores, dkeys)
    let dsecond = Matrix(history.pairPartition, columns: h2, in: pass.arena)
    let dfirst = Matrix(history.pairPartition, columns: h1, in: pass.arena)
    let dcandidatePart = Matrix(zeros: candidates.partition, columns: h1, in: pass.arena)
    let dkeyPart = Matrix(zeros: keys.partition, columns: h1, in: pass.arena)
    for shard in 0..<candidates.partition.shards {
      let samples = candidates.partition.rows(ofShard: shard)
      let entries = keys.partition.rows(ofShard: shard)
      let pairs = history.pairPartition.rows(ofShard: shard)
      let dthird = pass.gradient(shard: shard, offset: weight.third)
      let dthirdBias = pass.gradient(shard: shard, offset: bias.third)
      let third = parameters + weight.third
      for p in pairs {
        let s = second.row(p)
        let d = dsecond.row(p)
        let dscore = dscores[p]
        for c in 0..<h2 {
          dthird[c] = dthird[c].addingProduct(dscore, s[c])
          d[c] = dscore * third[c] * s[c] * (1 - s[c])
        }
        dthirdBias[0] += dscore
      }
      MatrixMultiply.multiplyTransposedLeft(
        h1, h2, pairs.count, first.row(pairs.lowerBound), h1, dsecond.row(pairs.lowerBound), h2,
        pass.gradient(shard: shard, offset: weight.second), h2, beta: 1)
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias.second), dsecond.row(pairs.lowerBound), stride: h2,
        rows: pairs.count, columns: h2)
      MatrixMultiply.multiplyTransposedRight(
        pairs.count, h1, h2, dsecond.row(pairs.lowerBound), h2, parameters + weight.second, h2,
        dfirst.row(pairs.lowerBound), h1, beta: 0)
      Elementwise.sigmoidBackward(
        dfirst.row(pairs.lowerBound), first.row(pairs.lowerBound), count: pairs.count * h1)
      var pair = pairs.lowerBound
      for b in samples {
        let toCandidate = dcandidatePart.row(b)
        let start = Int(history.starts[b])
        for k in start..<start + Int(history.lengths[b]) {
          let d = dfirst.row(pair)
          Elementwise.add(toCandidate, d, count: h1)
          Elementwise.add(dkeyPart.row(k), d, count: h1)
          pair += 1
        }
      }
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias.first), dcandidatePart.row(samples.lowerBound),
        stride: h1, rows: samples.count, columns: h1)
      firstLayerBackward(candidates, dcandidatePart, dcandidates, samples, weight.first, shard, pass)
      firstLayerBackward(keys, dkeyPart, dkeys, entries, weight.first + width * h1, shard, pass)
    }
  }

  /// One input's half of the first layer: dW += x^T dpart, dx += dpart W^T.
  private func firstLayerBackward(
    _ x: Matrix, _ dpart: Matrix, _ dx: Matrix, _ rows: Range<Int>, _ offset: Int, _ shard: Int,
    _ pass: Pass
  ) {
    let h1 = hidden.first
    MatrixMultiply.multiplyTransposedLeft(
      width, h1, rows.count, x.row(rows.lowerBound), x.stride, dpart.row(rows.lowerBound), h1,
      pass.gradient(shard: shard, offset: offset), h1, beta: 1)
    MatrixMultiply.multiplyTransposedRight(
      rows.count, width, h1, dpart.row(rows.lowerBound), h1, pass.parameters + offset, h1,
      dx.row(rows.lowerBound), dx.stride, beta: 1)
  }

  /// Softmax over each sample's pairs, in place.
  private func softmax(_ scores: UnsafeMutablePointer<Float>, _ history: History, rows: Int) {
    var pair = 0
    for b in 0..<rows {
      let length = Int(history.lengths[b])
      let own = scores + pair
      pair += length
      guard length > 0 else { continue }
      var highest = own[0]
      for i in 1..<length { highest = max(highest, own[i]) }
      let sum = Elementwise.exponential(own, minus: highest, count: length)
      let scale = 1 / sum
      for i in 0..<length { own[i] *= scale }
    }
  }

  /// Through the weighted sum and the softmax: da_p = dy_b . k, dk += a_p dy_b,
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
        let dweight = Elementwise.dot(d, keys.row(start + i), count: width)
        Elementwise.addScaled(dkeys.row(start + i), d, weights[pair + i], count: width)
        dscores[pair + i] = dweight
        mean += weights[pair + i] * dweight
      }
      for i in 0..<length { dscores[pair + i] = weights[pair + i] * (dscores[pair + i] - mean) }
      pair += length
    }
  }
}
