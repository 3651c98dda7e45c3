/// What the attention's first layer sees of a candidate q and a history entry k.
public enum AttentionInput: String, Sendable, CaseIterable {
  /// [q ; k], as the reference implementation has it; q and k may differ in width.
  case concatenated
  /// [q ; k ; q - k ; q * k], DIN's original input.
  case original
}

/// A linear layer on pairs of a sample's candidate with each entry of its history:
///
///     y_p = W^T input(q, k) + b,  W [2 or 4 widths x outputs]
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
  private var productPart: Int { differencePart + keyWidth * outputs }
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
    let bias = pass.parameters + bias
    for b in 0..<fromQueries.rows { fromQueries.row(b).update(from: bias, count: outputs) }
    for shard in 0..<queries.partition.shards {
      let samples = queries.partition.rows(ofShard: shard)
      let entries = keys.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        samples.count, outputs, queryWidth, queries.row(samples.lowerBound), queries.stride, queryWeights,
        outputs, fromQueries.row(samples.lowerBound), outputs, beta: 1)
      MatrixMultiply.multiply(
        entries.count, outputs, keyWidth, keys.row(entries.lowerBound), keys.stride, keyWeights, outputs,
        fromKeys.row(entries.lowerBound), outputs, beta: 0)
    }
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (query, key, to) = (fromQueries.row(b), fromKeys.row(k), y.row(pair))
      for c in 0..<outputs { to[c] = query[c] + key[c] }
    }
    if input == .original { addProducts(queries, keys, history, y, pass) }
    return y
  }

  /// Adds to `dqueries` [B x Eq] and `dkeys` [K x Ek].
  func backward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ pass: Pass
  ) {
    guard let queryWeights, let keyWeights else { preconditionFailure("backward follows forward") }
    let toQueries = Matrix(zeros: queries.partition, columns: outputs, in: pass.arena)
    let toKeys = Matrix(zeros: keys.partition, columns: outputs, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      Elementwise.add(toQueries.row(b), dy.row(pair), count: outputs)
      Elementwise.add(toKeys.row(k), dy.row(pair), count: outputs)
    }
    for shard in 0..<queries.partition.shards {
      let samples = queries.partition.rows(ofShard: shard)
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias), toQueries.row(samples.lowerBound), stride: outputs,
        rows: samples.count, columns: outputs)
      partBackward(
        queries, toQueries, dqueries, queryWeights, width: queryWidth, offset: weight, sign: 1, shard, pass)
      partBackward(keys, toKeys, dkeys, keyWeights, width: keyWidth, offset: keyPart, sign: -1, shard, pass)
    }
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

  /// One input's part: dW += x^T dpart, dx += dpart W^T; `sign` is that of the input in q - k.
  private func partBackward(
    _ x: Matrix, _ dpart: Matrix, _ dx: Matrix, _ weights: UnsafePointer<Float>, width: Int, offset: Int,
    sign: Float, _ shard: Int, _ pass: Pass
  ) {
    let rows = x.partition.rows(ofShard: shard)
    let dweight = pass.gradient(shard: shard, offset: offset)
    MatrixMultiply.multiplyTransposedRight(
      rows.count, width, outputs, dpart.row(rows.lowerBound), outputs, weights, outputs,
      dx.row(rows.lowerBound), dx.stride, beta: 1)
    if input == .concatenated {
      MatrixMultiply.multiplyTransposedLeft(
        width, outputs, rows.count, x.row(rows.lowerBound), x.stride, dpart.row(rows.lowerBound), outputs,
        dweight, outputs, beta: 1)
      return
    }
    let joined = pass.arena.takeZeros(width * outputs, of: Float.self)
    MatrixMultiply.multiplyTransposedLeft(
      width, outputs, rows.count, x.row(rows.lowerBound), x.stride, dpart.row(rows.lowerBound), outputs,
      joined, outputs, beta: 0)
    Elementwise.add(dweight, joined, count: width * outputs)
    Elementwise.addScaled(
      pass.gradient(shard: shard, offset: differencePart), joined, sign, count: width * outputs)
  }

  /// y += W_p^T (q * k).
  private func addProducts(
    _ queries: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass
  ) {
    let products = Matrix(history.pairPartition, columns: keyWidth, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (query, key, to) = (queries.row(b), keys.row(k), products.row(pair))
      for c in 0..<keyWidth { to[c] = query[c] * key[c] }
    }
    for shard in 0..<products.partition.shards {
      let pairs = products.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        pairs.count, outputs, keyWidth, products.row(pairs.lowerBound), keyWidth,
        pass.parameters + productPart, outputs, y.row(pairs.lowerBound), outputs, beta: 1)
    }
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
        outputs, pass.gradient(shard: shard, offset: productPart), outputs, beta: 1)
      MatrixMultiply.multiplyTransposedRight(
        pairs.count, keyWidth, outputs, dy.row(pairs.lowerBound), outputs, pass.parameters + productPart,
        outputs, dproducts.row(pairs.lowerBound), keyWidth, beta: 0)
    }
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let d = dproducts.row(pair)
      let (query, key) = (queries.row(b), keys.row(k))
      let (dquery, dkey) = (dqueries.row(b), dkeys.row(k))
      for c in 0..<keyWidth { dquery[c] = dquery[c].addingProduct(d[c], key[c]) }
      for c in 0..<keyWidth { dkey[c] = dkey[c].addingProduct(d[c], query[c]) }
    }
  }
}
