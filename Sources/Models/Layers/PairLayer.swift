/// A layer on pairs of a sample's candidate with each entry of its history:
///
///     y_p = f(input(q, k) W + b),  W [2 or 4 widths x outputs], b [outputs]
///
/// with rows q and k and f the activation. The product splits by the rows of W: with W = [W_q ; W_k] it is
/// q W_q + k W_k, and with the original input and W = [W_q ; W_k ; W_d ; W_p] it is
/// q (W_q + W_d) + k (W_k - W_d) + (q * k) W_p. The part of q is computed once per sample, that of k once per distinct
/// entry (`PairParts`); what remains per pair is their sum and, with the original input, one product.
///
/// A pass begins with `begin`; then each shard begins, and goes block by block.
final class PairLayer {
  private let keyWidth: Int
  private let outputs: Int
  private let parts: PairParts
  /// With the original input, where the rows for q * k start in W.
  private let productOffset: Int?
  let activation: PairActivation
  private var state: State?

  private struct State {
    let inputs: PairInputs
    /// [P x outputs], each block written by `forward`.
    let y: Matrix
    /// Of the shard that has begun: both parts, or the gradients at them.
    var shard: (query: PairParts.ShardRows, key: PairParts.ShardRows)?
    /// With the original input, memory for a block's q * k, and W_p transposed.
    let products: UnsafeMutablePointer<Float>?
    var transposed: MatrixView?
  }

  init(
    _ name: String, queryWidth: Int, keyWidth: Int, outputs: Int, input: AttentionInput,
    activation: Activation, in layout: inout ModelLayout
  ) {
    precondition(input == .concatenated || queryWidth == keyWidth, "q - k needs equal widths")
    self.keyWidth = keyWidth
    self.outputs = outputs
    let inputs = queryWidth + keyWidth + (input == .original ? 2 * keyWidth : 0)
    let weight = layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
    let bias = layout.addParameter("\(name)/bias", [outputs], .constant(0))
    parts = PairParts(
      queryWidth: queryWidth, keyWidth: keyWidth, outputs: outputs, weight: weight, bias: bias,
      hasDifference: input == .original)
    productOffset = input == .original ? weight + (queryWidth + 2 * keyWidth) * outputs : nil
    self.activation = PairActivation(activation, name, columns: outputs, in: &layout)
  }

  /// Returns where the outputs will be [P x outputs]: complete where the activation goes row by row, and before the
  /// activation otherwise.
  func begin(_ inputs: PairInputs, _ pass: Pass) -> Matrix {
    parts.begin(inputs, pass)
    let products = productOffset.map { _ -> UnsafeMutablePointer<Float> in
      pass.arena.take(inputs.history.largestBlock(inputs.samples) * keyWidth)
    }
    let y = Matrix(inputs.history.pairPartition, columns: outputs, in: pass.arena)
    state = State(inputs: inputs, y: y, shard: nil, products: products)
    return y
  }

  func beginForward(_ shard: Int, _ pass: Pass) {
    guard let inputs = state?.inputs else { preconditionFailure("a pass is begun") }
    state?.shard = parts.forward(shard, inputs, pass)
  }

  /// Computes the rows of y of one block of the shard.
  func forward(_ block: PairBlock, _ pass: Pass) {
    if activation.isByRow {
      forward(block, pass) { Elementwise.sigmoid($0) }
    } else {
      forward(block, pass) { $0 }
    }
  }

  @inline(__always)
  private func forward(_ block: PairBlock, _ pass: Pass, _ f: (Float) -> Float) {
    guard let state, let (query, key) = state.shard else { preconditionFailure("a shard is begun") }
    let (y, history) = (state.y.mutableView(block.pairs), state.inputs.history)
    guard let offset = productOffset else {
      return history.forEachPair(of: block) { pair, b, k in
        let (q, k, to) = (query.row(b), key.row(k), y.row(pair))
        for c in 0..<outputs { to[c] = f(q[c] + k[c]) }
      }
    }
    MatrixMultiply.multiply(
      MatrixView(products(block)), pass.weight(offset: offset, rows: keyWidth, columns: outputs), into: y,
      start: .zero)
    history.forEachPair(of: block) { pair, b, k in
      let (q, k, to) = (query.row(b), key.row(k), y.row(pair))
      for c in 0..<outputs { to[c] = f(to[c] + q[c] + k[c]) }
    }
  }

  func beginBackward(_ shard: Int, _ pass: Pass) {
    guard let inputs = state?.inputs else { preconditionFailure("a pass is begun") }
    state?.shard = parts.gradients(shard, inputs, pass)
    // Once per pass: the memory of an earlier one may have been given back.
    guard let offset = productOffset, shard == 0 else { return }
    state?.transposed = pass.transposed(offset: offset, rows: keyWidth, columns: outputs)
  }

  /// From the gradient `dy` at a block's rows of y, which is overwritten, to that at the shard's parts. `sums` are the
  /// pass's over pairs.
  func backward(
    _ dy: MutableMatrixView, _ block: PairBlock, _ shard: Int, _ gradients: PairGradients,
    _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass
  ) {
    if activation.isByRow {
      backward(dy, block, sums) { dy, y in dy * y * (1 - y) }
    } else {
      backward(dy, block, sums) { dy, _ in dy }
    }
    productsBackward(MatrixView(dy), block, shard, gradients, sums, pass)
  }

  @inline(__always)
  private func backward(
    _ dy: MutableMatrixView, _ block: PairBlock, _ sums: UnsafeBufferPointer<GradientSum>?,
    _ df: (_ dy: Float, _ y: Float) -> Float
  ) {
    guard let state, let (query, key) = state.shard else { preconditionFailure("a shard is begun") }
    let y = state.y.view(block.pairs)
    state.inputs.history.forEachPair(of: block) { pair, b, k in
      let (d, y, q, k) = (dy.row(pair), y.row(pair), query.row(b), key.row(k))
      for c in 0..<outputs {
        let gradient = df(d[c], y[c])
        d[c] = gradient
        q[c] += gradient
        if sums == nil { k[c] += gradient }
      }
      guard let sums else { return }
      for (place, sum) in sums.enumerated() {
        let coefficient = sum.coefficients[block.pairs.lowerBound + pair]
        Elementwise.addScaled(k + place * outputs, d, coefficient, count: outputs)
      }
    }
  }

  /// After the last block of a shard.
  func endBackward(_ shard: Int, _ gradients: PairGradients, _ pass: Pass) {
    guard let state, let dparts = state.shard else { preconditionFailure("a shard is begun") }
    parts.backward(dparts, shard, state.inputs, gradients, pass)
  }

  /// With the original input, q * k of a block's pairs.
  private func products(_ block: PairBlock) -> MutableMatrixView {
    guard let state, let products = state.products else { preconditionFailure("a pass is begun") }
    let (queries, keys) = (state.inputs.queries, state.inputs.keys)
    let y = MutableMatrixView(products, rows: block.pairs.count, columns: keyWidth)
    state.inputs.history.forEachPair(of: block) { pair, b, k in
      let (q, k, to) = (queries.row(b), keys.row(k), y.row(pair))
      for c in 0..<keyWidth { to[c] = q[c] * k[c] }
    }
    return y
  }

  /// The part of q * k: dW_p += (q * k)^T dy, and with d = dy W_p^T, dq += d * k and dk += d * q.
  private func productsBackward(
    _ dy: MatrixView, _ block: PairBlock, _ shard: Int, _ gradients: PairGradients,
    _ sums: UnsafeBufferPointer<GradientSum>?, _ pass: Pass
  ) {
    guard let offset = productOffset, let state, let transposed = state.transposed else { return }
    let products = products(block)
    pass.forEachSum(state.y.partition, ofShard: shard, of: sums) { sum in
      let mark = pass.arena.mark
      MatrixMultiply.multiplyTransposedLeft(
        MatrixView(products), sum.scaled(dy, from: block.pairs.lowerBound, pass),
        into: sum.gradient(offset: offset, rows: keyWidth, columns: outputs), start: .sum)
      pass.arena.rewind(to: mark)
    }
    // The gradient at q * k takes its place.
    let dproducts = products
    MatrixMultiply.multiply(dy, transposed, into: dproducts, start: .zero)
    state.inputs.history.forEachPair(of: block) { pair, b, k in
      let d = dproducts.row(pair)
      let (query, key) = (state.inputs.queries.row(b), state.inputs.keys.row(k))
      let (dquery, dkey) = (gradients.queries.row(b), gradients.keys.row(k))
      for c in 0..<keyWidth {
        dquery[c] = dquery[c].addingProduct(d[c], key[c])
        if sums == nil { dkey[c] = dkey[c].addingProduct(d[c], query[c]) }
      }
      guard let sums else { return }
      for (place, sum) in sums.enumerated() {
        let (own, coefficient) = (
          dkey + place * keyWidth, sum.coefficients[block.pairs.lowerBound + pair]
        )
        for c in 0..<keyWidth { own[c] = own[c].addingProduct(coefficient * d[c], query[c]) }
      }
    }
  }
}
