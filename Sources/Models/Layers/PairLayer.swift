/// A layer on pairs of a sample's candidate with each entry of its history:
///
///     y_p = f(input(q, k) W + b),  W [2 or 4 widths x outputs], b [outputs]
///
/// with rows q and k and f the activation. The product splits by the rows of W: with W = [W_q ; W_k] it is q W_q + k W_k, and with the
/// original input and W = [W_q ; W_k ; W_d ; W_p] it is q (W_q + W_d) + k (W_k - W_d) + (q * k) W_p. The part of q
/// is computed once per sample, that of k once per distinct entry; what remains per pair is their sum and, with
/// the original input, one product.
final class PairLayer {
  private let queryWidth: Int
  private let keyWidth: Int
  private let outputs: Int
  private let input: AttentionInput
  private let weight: Int
  private let bias: Int
  private let activation: PairActivation
  /// Where the rows for k, q - k and q * k start in W.
  private var keyOffset: Int { weight + queryWidth * outputs }
  private var differenceOffset: Int { keyOffset + keyWidth * outputs }
  private var productOffset: Int { differenceOffset + keyWidth * outputs }
  /// [P x outputs].
  private var y: Matrix?
  /// q * k per pair [P x width], with the original input.
  private var products: Matrix?
  /// What q and k are multiplied by: [Eq x outputs] and [Ek x outputs].
  private var queryWeights: MatrixView?
  private var keyWeights: MatrixView?

  init(
    _ name: String, queryWidth: Int, keyWidth: Int, outputs: Int, input: AttentionInput,
    activation: Activation, in layout: inout ModelLayout
  ) {
    precondition(input == .concatenated || queryWidth == keyWidth, "q - k needs equal widths")
    self.queryWidth = queryWidth
    self.keyWidth = keyWidth
    self.outputs = outputs
    self.input = input
    let inputs = queryWidth + keyWidth + (input == .original ? 2 * keyWidth : 0)
    weight = layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
    bias = layout.addParameter("\(name)/bias", [outputs], .constant(0))
    self.activation = PairActivation(activation, name, columns: outputs, in: &layout)
  }

  /// The outputs [P x outputs], from `queries` [B x Eq] and `keys` [K x Ek].
  func forward(_ queries: Matrix, _ keys: Matrix, _ history: History, _ pass: Pass) throws -> Matrix {
    let fromQueries = Matrix(queries.partition, columns: outputs, in: pass.arena)
    let fromKeys = Matrix(keys.partition, columns: outputs, in: pass.arena)
    let sums = Matrix(history.pairPartition, columns: outputs, in: pass.arena)
    joinWeights(pass)
    guard let queryWeights, let keyWeights else { preconditionFailure("weights are joined") }
    MatrixMultiply.multiply(
      queries.view, queryWeights, into: fromQueries.mutableView, start: .row(pass.parameters + bias))
    MatrixMultiply.multiply(keys.view, keyWeights, into: fromKeys.mutableView, start: .zero)
    switch input {
    case .concatenated:
      history.forEachPair(samples: queries.rows) { pair, b, k in
        let (query, key, to) = (fromQueries.row(b), fromKeys.row(k), sums.row(pair))
        for c in 0..<outputs { to[c] = query[c] + key[c] }
        activation.apply(to, count: outputs)
      }
    case .original:
      productPart(queries, keys, history, sums, pass)
      history.forEachPair(samples: queries.rows) { pair, b, k in
        let (query, key, to) = (fromQueries.row(b), fromKeys.row(k), sums.row(pair))
        for c in 0..<outputs { to[c] = to[c] + query[c] + key[c] }
        activation.apply(to, count: outputs)
      }
    }
    let y = try activation.forward(sums, pass)
    self.y = y
    return y
  }

  /// Adds to `dqueries` [B x Eq] and, in each of the pass's sums, to `dkeys` [K x Ek]. Overwrites `dy`. `sums` are the
  /// pass's over pairs.
  func backward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass
  ) throws {
    guard let queryWeights, let keyWeights, let y else { preconditionFailure("backward follows forward") }
    // The gradient before the activation.
    let dsums = try pass.with(sums) { try activation.backward(dy, pass) }
    let toQueries = Matrix(zeros: queries.partition, columns: outputs, in: pass.arena)
    let count = pass.sumCount
    let toKeys = Matrix(zeros: keys.partition, columns: count * outputs, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (d, query, key) = (dsums.row(pair), toQueries.row(b), toKeys.row(k))
      activation.scale(d, y.row(pair), count: outputs)
      guard let sums else {
        for c in 0..<outputs {
          query[c] += d[c]
          key[c] += d[c]
        }
        return
      }
      Elementwise.add(query, d, count: outputs)
      for (place, sum) in sums.enumerated() {
        Elementwise.addScaled(key + place * outputs, d, sum.coefficients[pair], count: outputs)
      }
    }
    pass.forEachSum(queries.partition) { sum in
      let own = sum.scaled(toQueries, pass)
      Elementwise.addRows(
        sum.gradients + bias, own.row(sum.rows.lowerBound), stride: outputs, rows: sum.rows.count,
        columns: outputs)
      partGradient(queries, own, width: queryWidth, offset: weight, sign: 1, sum, pass)
    }
    pass.forEachSum(ofShared: keys.partition) { sum in
      let own = toKeys.part(sum.place, of: count)
      partGradient(keys, own, width: keyWidth, offset: keyOffset, sign: -1, sum, pass)
    }
    partBackward(toQueries, dqueries, queryWeights, pass)
    for place in 0..<count {
      partBackward(toKeys.part(place, of: count), dkeys.part(place, of: count), keyWeights, pass)
    }
    if input == .original {
      productsBackward(dsums, queries, keys, history, dqueries, dkeys, sums, pass)
    }
  }

  /// The weights of q and of k: rows of W, or with the original input W_q + W_d and W_k - W_d.
  private func joinWeights(_ pass: Pass) {
    queryWeights = pass.weight(offset: weight, rows: queryWidth, columns: outputs)
    keyWeights = pass.weight(offset: keyOffset, rows: keyWidth, columns: outputs)
    guard input == .original else { return }
    let parameters = pass.parameters
    let count = keyWidth * outputs
    let difference = parameters + differenceOffset
    let joinedQuery = pass.arena.take(count, of: Float.self)
    let joinedKey = pass.arena.take(count, of: Float.self)
    for i in 0..<count { joinedQuery[i] = parameters[weight + i] + difference[i] }
    for i in 0..<count { joinedKey[i] = parameters[keyOffset + i] - difference[i] }
    queryWeights = MatrixView(joinedQuery, rows: queryWidth, columns: outputs)
    keyWeights = MatrixView(joinedKey, rows: keyWidth, columns: outputs)
  }

  /// One input's part: dx += dpart W^T.
  private func partBackward(_ dpart: Matrix, _ dx: Matrix, _ weights: MatrixView, _ pass: Pass) {
    let transposed = Transposition.transpose(weights, in: pass.arena)
    MatrixMultiply.multiply(dpart.view, transposed, into: dx.mutableView, start: .sum)
  }

  /// One input's part: dW += x^T dpart; `sign` is that of the input in q - k.
  private func partGradient(
    _ x: Matrix, _ dpart: Matrix, width: Int, offset: Int, sign: Float, _ sum: SummedRows, _ pass: Pass
  ) {
    let rows = sum.rows
    let dweight = sum.gradient(offset: offset, rows: width, columns: outputs)
    if input == .concatenated {
      MatrixMultiply.multiplyTransposedLeft(x.view(rows), dpart.view(rows), into: dweight, start: .sum)
      return
    }
    let joined = pass.arena.take(width * outputs, of: Float.self)
    MatrixMultiply.multiplyTransposedLeft(
      x.view(rows), dpart.view(rows), into: MutableMatrixView(joined, rows: width, columns: outputs),
      start: .zero)
    Elementwise.add(dweight.values, joined, count: width * outputs)
    Elementwise.addScaled(
      sum.gradients + differenceOffset, joined, sign, count: width * outputs)
  }

  /// y = (q * k) W_p.
  private func productPart(
    _ queries: Matrix, _ keys: Matrix, _ history: History, _ y: Matrix, _ pass: Pass
  ) {
    let products = Matrix(history.pairPartition, columns: keyWidth, in: pass.arena)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let (query, key, to) = (queries.row(b), keys.row(k), products.row(pair))
      for c in 0..<keyWidth { to[c] = query[c] * key[c] }
    }
    MatrixMultiply.multiply(
      products.view, pass.weight(offset: productOffset, rows: keyWidth, columns: outputs),
      into: y.mutableView, start: .zero)
    self.products = products
  }

  private func productsBackward(
    _ dy: Matrix, _ queries: Matrix, _ keys: Matrix, _ history: History, _ dqueries: Matrix,
    _ dkeys: Matrix, _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass
  ) {
    guard let products else { preconditionFailure("backward follows forward") }
    let dproducts = Matrix(history.pairPartition, columns: keyWidth, in: pass.arena)
    pass.forEachSum(products.partition, of: sums) { sum in
      let mark = pass.arena.mark
      MatrixMultiply.multiplyTransposedLeft(
        products.view(sum.rows), sum.scaled(dy, pass).view(sum.rows),
        into: sum.gradient(offset: productOffset, rows: keyWidth, columns: outputs), start: .sum)
      pass.arena.rewind(to: mark)
    }
    let transposed = Transposition.transpose(
      pass.weight(offset: productOffset, rows: keyWidth, columns: outputs), in: pass.arena)
    MatrixMultiply.multiply(dy.view, transposed, into: dproducts.mutableView, start: .zero)
    history.forEachPair(samples: queries.rows) { pair, b, k in
      let d = dproducts.row(pair)
      let (query, key) = (queries.row(b), keys.row(k))
      let (dquery, dkey) = (dqueries.row(b), dkeys.row(k))
      for c in 0..<keyWidth { dquery[c] = dquery[c].addingProduct(d[c], key[c]) }
      guard let sums else {
        for c in 0..<keyWidth { dkey[c] = dkey[c].addingProduct(d[c], query[c]) }
        return
      }
      for (place, sum) in sums.enumerated() {
        let own = dkey + place * keyWidth
        for c in 0..<keyWidth { own[c] = own[c].addingProduct(sum.coefficients[pair] * d[c], query[c]) }
      }
    }
  }
}
