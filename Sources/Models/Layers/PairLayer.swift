/// What the attention's first layer sees of a candidate q and a history entry k.
package enum AttentionInput: String, Sendable, CaseIterable {
  /// [q ; k], as the reference implementation has it; q and k may differ in width.
  case concatenated
  /// [q ; k ; q - k ; q * k], DIN's original input.
  case original
}

/// A layer on pairs of a sample's candidate with each entry of its history:
///
///     y_p = sigmoid(W^T input(q, k) + b),  W [2 or 4 widths x outputs]
///
/// It splits by its inputs: with W = [W_q ; W_k] that is W_q^T q + W_k^T k + b, and with the original input
/// [W_q ; W_k ; W_d ; W_p] it is (W_q + W_d)^T q + (W_k - W_d)^T k + W_p^T (q * k) + b. The part of q is
/// computed once per sample, that of k once per distinct entry; what remains per pair is their sum and, with
/// the original input, one product.
final class PairLayer {
  private let queryWidth: Int
  private let keyWidth: Int
  private let outputs: Int
  private let input: AttentionInput
  private let weight: Int
  private let bias: Int
  /// Where the rows for k, q - k and q * k start in W.
  private var keyPart: Int { weight + queryWidth * outputs }
  private var differencePart: Int { keyPart + keyWidth * outputs }
  private var productRows: Int { differencePart + keyWidth * outputs }
  /// [P x outputs].
  private var y: Matrix?
  /// q * k per pair [P x width], with the original input.
  private var products: Matrix?
  private var queryWeights: UnsafePointer<Float>?
  private var keyWeights: UnsafePointer<Float>?

  init(
    _ name: String, queryWidth: Int, keyWidth: Int, outputs: Int, input: AttentionInput,
    in layout: inout ModelLayout
  ) {
    precondition(input == .concatenated || queryWidth == keyWidth, "q - k needs equal widths")
    self.queryWidth = queryWidth
    self.keyWidth = keyWidth
    self.outputs = outputs
    self.input = input
    let inputs = queryWidth + keyWidth + (input == .original ? 2 * keyWidth : 0)
    weight = layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
    bias = layout.addParameter("\(name)/bias", [outputs], .constant(0))
  }

  /// The outputs [P x outputs], from `queries` [B x Eq] and `keys` [K x Ek].
  func forward(_ queries: Matrix, _ keys: Matrix, _ history: History, _ pass: Pass) -> Matrix {
    let fromQueries = Matrix(queries.partition, columns: outputs, in: pass.arena)
    let fromKeys = Matrix(keys.partition, columns: outputs, in: pass.arena)
    let y = Matrix(history.pairPartition, columns: outputs, in: pass.arena)
    joinWeights(pass)
    guard let queryWeights, let keyWeights else { preconditionFailure("weights are joined") }
    MatrixMultiply.multiply(
      queries.rows, outputs, queryWidth, queries.values, queries.stride, queryWeights, outputs,
      fromQueries.values, outputs, start: .row(pass.parameters + bias))
    MatrixMultiply.multiply(
      keys.rows, outputs, keyWidth, keys.values, keys.stride, keyWeights, outputs, fromKeys.values, outputs,
      start: .zero)
    switch input {
    case .concatenated:
      history.forEachPair(samples: queries.rows) { pair, b, k in
        let (query, key, to) = (fromQueries.row(b), fromKeys.row(k), y.row(pair))
        for c in 0..<outputs { to[c] = Elementwise.sigmoid(query[c] + key[c]) }
      }
    case .original:
      productPart(queries, keys, history, y, pass)
      history.forEachPair(samples: queries.rows) { pair, b, k in
        let (query, key, to) = (fromQueries.row(b), fromKeys.row(k), y.row(pair))
        for c in 0..<outputs { to[c] = Elementwise.sigmoid(to[c] + query[c] + key[c]) }
      }
    }
    self.y = y
    return y
  }

  /// Adds to `dqueries` [B x Eq] and `dkeys` [K x Ek]. Overwrites `dy` with the gradient before the sigmoid.
  func backward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) {
    guard let queryWeights, let keyWeights, let y else { preconditionFailure("backward follows forward") }
    let toQueries = Matrix(zeros: queries.partition, columns: outputs, in: pass.arena)
    let toKeys = Matrix(zeros: keys.partition, columns: outputs, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (d, s) = (dy.row(pair), y.row(pair))
      let (query, key) = (toQueries.row(b), toKeys.row(k))
      for c in 0..<outputs {
        let gradient = d[c] * s[c] * (1 - s[c])
        d[c] = gradient
        query[c] += gradient
        key[c] += gradient
      }
    }
    for shard in 0..<queries.partition.shards {
      let samples = queries.partition.rows(ofShard: shard)
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias), toQueries.row(samples.lowerBound), stride: outputs,
        rows: samples.count, columns: outputs)
      partGradient(queries, toQueries, width: queryWidth, offset: weight, sign: 1, shard, pass)
      partGradient(keys, toKeys, width: keyWidth, offset: keyPart, sign: -1, shard, pass)
    }
    partBackward(toQueries, dqueries, queryWeights, width: queryWidth, pass)
    partBackward(toKeys, dkeys, keyWeights, width: keyWidth, pass)
    if input == .original { productsBackward(dy, queries, keys, history, dqueries, dkeys, pass) }
  }

  /// The weights of q and of k: rows of W, or with the original input W_q + W_d and W_k - W_d.
  private func joinWeights(_ pass: Pass) {
    let parameters = pass.parameters
    queryWeights = UnsafePointer(parameters + weight)
    keyWeights = UnsafePointer(parameters + keyPart)
    guard input == .original else { return }
    let count = keyWidth * outputs
    let difference = parameters + differencePart
    let joinedQuery = pass.arena.take(count, of: Float.self)
    let joinedKey = pass.arena.take(count, of: Float.self)
    for i in 0..<count { joinedQuery[i] = parameters[weight + i] + difference[i] }
    for i in 0..<count { joinedKey[i] = parameters[keyPart + i] - difference[i] }
    queryWeights = UnsafePointer(joinedQuery)
    keyWeights = UnsafePointer(joinedKey)
  }

  /// One input's part: dx += dpart W^T.
  private func partBackward(
    _ dpart: Matrix, _ dx: Matrix, _ weights: UnsafePointer<Float>, width: Int, _ pass: Pass
  ) {
    let transposed = Transposition.transpose(weights, rows: width, columns: outputs, in: pass.arena)
    MatrixMultiply.multiply(
      dx.rows, width, outputs, dpart.values, outputs, transposed, width, dx.values, dx.stride, start: .sum)
  }

  /// One input's part: dW += x^T dpart; `sign` is that of the input in q - k.
  private func partGradient(
    _ x: Matrix, _ dpart: Matrix, width: Int, offset: Int, sign: Float, _ shard: Int, _ pass: Pass
  ) {
    let rows = x.partition.rows(ofShard: shard)
    let dweight = pass.gradient(shard: shard, offset: offset)
    if input == .concatenated {
      MatrixMultiply.multiplyTransposedLeft(
        width, outputs, rows.count, x.row(rows.lowerBound), x.stride, dpart.row(rows.lowerBound), outputs,
        dweight, outputs, start: .sum)
      return
    }
    let joined = pass.arena.takeZeros(width * outputs, of: Float.self)
    MatrixMultiply.multiplyTransposedLeft(
      width, outputs, rows.count, x.row(rows.lowerBound), x.stride, dpart.row(rows.lowerBound), outputs,
      joined, outputs, start: .zero)
    Elementwise.add(dweight, joined, count: width * outputs)
    Elementwise.addScaled(
      pass.gradient(shard: shard, offset: differencePart), joined, sign, count: width * outputs)
  }

  /// y = W_p^T (q * k).
  private func productPart(
    _ queries: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass
  ) {
    let products = Matrix(history.pairPartition, columns: keyWidth, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (query, key, to) = (queries.row(b), keys.row(k), products.row(pair))
      for c in 0..<keyWidth { to[c] = query[c] * key[c] }
    }
    MatrixMultiply.multiply(
      products.rows, outputs, keyWidth, products.values, keyWidth, pass.parameters + productRows, outputs,
      y.values, outputs, start: .zero)
    self.products = products
  }

  private func productsBackward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) {
    guard let products else { preconditionFailure("backward follows forward") }
    let dproducts = Matrix(history.pairPartition, columns: keyWidth, in: pass.arena)
    for shard in 0..<products.partition.shards {
      let pairs = products.partition.rows(ofShard: shard)
      MatrixMultiply.multiplyTransposedLeft(
        keyWidth, outputs, pairs.count, products.row(pairs.lowerBound), keyWidth, dy.row(pairs.lowerBound),
        outputs, pass.gradient(shard: shard, offset: productRows), outputs, start: .sum)
    }
    let transposed = Transposition.transpose(
      pass.parameters + productRows, rows: keyWidth, columns: outputs, in: pass.arena)
    MatrixMultiply.multiply(
      dy.rows, keyWidth, outputs, dy.values, outputs, transposed, keyWidth, dproducts.values, keyWidth,
      start: .zero)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let d = dproducts.row(pair)
      let (query, key) = (queries.row(b), keys.row(k))
      let (dquery, dkey) = (dqueries.row(b), dkeys.row(k))
      for c in 0..<keyWidth { dquery[c] = dquery[c].addingProduct(d[c], key[c]) }
      for c in 0..<keyWidth { dkey[c] = dkey[c].addingProduct(d[c], query[c]) }
    }
  }
}
