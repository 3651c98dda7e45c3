/// A gated recurrent unit (Cho et al., EMNLP 2014, eqs. 5 to 8) over ragged histories, in PyTorch's form, where
/// the reset gate acts on the product and both products have a bias. From h_0 = 0, entry by entry,
///
///     r = sigmoid(x W_xr + b_xr + h W_hr + b_hr)            reset gate
///     z = sigmoid(x W_xz + b_xz + h W_hz + b_hz)            update gate
///     n = tanh(x W_xn + b_xn + r * (h W_hn + b_hn))         proposed state
///     h <- (1 - z) * n + z * h
///
/// with x [E] the entry, h [H] the state and the gates' weights side by side, W_x [E x 3H], W_h [H x 3H]. The
/// input's part is computed once per distinct entry (K), the recurrent part once per state of a chain
/// (`HistoryChains`, S states), all running chains of a shard in one product per time step.
final class GRU {
  /// H, the width of a state.
  let width: Int
  /// E, the width of an entry.
  let inputs: Int
  private let inputWeight: Int
  private let inputBias: Int
  private let recurrentWeight: Int
  private let recurrentBias: Int

  /// What `backward` needs, matrices in time order.
  private struct Saved {
    var x: Matrix
    var chains: HistoryChains
    /// [S x H] the state before each state.
    var previous: Matrix
    /// [S x 3H] r, z and h W_hn + b_hn.
    var gates: Matrix
    /// [S x H] n.
    var proposed: Matrix
  }
  private var saved: Saved?

  init(_ name: String, inputs: Int, width: Int, in layout: inout ModelLayout) {
    self.inputs = inputs
    self.width = width
    inputWeight = layout.addParameter("\(name)/input/weight", [inputs, 3 * width], .glorotUniform)
    inputBias = layout.addParameter("\(name)/input/bias", [3 * width], .constant(0))
    recurrentWeight = layout.addParameter("\(name)/recurrent/weight", [width, 3 * width], .glorotUniform)
    recurrentBias = layout.addParameter("\(name)/recurrent/bias", [3 * width], .constant(0))
  }

  /// The states [S x H] at the entries `x` [K x E] of the windows of `samples` samples, and the history that
  /// they form: the same windows, with states in place of entries.
  func forward(
    _ x: Matrix, _ history: History, samples: Int, _ pass: Pass
  ) -> (states: Matrix, history: History) {
    let chains = HistoryChains(history, samples: samples, in: pass.arena)
    let partition = chains.states.keyPartition
    let parameters = pass.parameters
    let inputPart = Matrix(x.partition, columns: 3 * width, in: pass.arena)
    let states = Matrix(partition, columns: width, in: pass.arena)
    let saved = Saved(
      x: x, chains: chains, previous: Matrix(partition, columns: width, in: pass.arena),
      gates: Matrix(partition, columns: 3 * width, in: pass.arena),
      proposed: Matrix(partition, columns: width, in: pass.arena))
    for k in 0..<x.rows { inputPart.row(k).update(from: parameters + inputBias, count: 3 * width) }
    for s in 0..<states.rows { saved.gates.row(s).update(from: parameters + recurrentBias, count: 3 * width) }
    for shard in 0..<x.partition.shards {
      let entries = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        x.view(entries), pass.weight(offset: inputWeight, rows: inputs, columns: 3 * width),
        into: inputPart.mutableView(entries), start: .sum)
      let weight = pass.weight(offset: recurrentWeight, rows: width, columns: 3 * width)
      for time in 0..<chains.times(ofShard: shard) { step(time, shard, inputPart, states, saved, weight) }
    }
    self.saved = saved
    return (states, chains.states)
  }

  /// The states at time `time` from those before.
  private func step(
    _ time: Int, _ shard: Int, _ inputPart: Matrix, _ states: Matrix, _ saved: Saved, _ weight: MatrixView
  ) {
    let chains = saved.chains
    let firstChain = chains.partition.rows(ofShard: shard).lowerBound
    let rows = chains.rows(atTime: time, ofShard: shard)
    for (i, row) in rows.enumerated() {
      let previous = saved.previous.row(row)
      if time == 0 {
        previous.update(repeating: 0, count: width)
      } else {
        let before = Int(chains.firstStates[firstChain + i]) + time - 1
        previous.update(from: states.row(before), count: width)
      }
    }
    if time > 0 {
      MatrixMultiply.multiply(
        saved.previous.view(rows), weight, into: saved.gates.mutableView(rows), start: .sum)
    }
    for (i, row) in rows.enumerated() {
      let input = inputPart.row(Int(chains.firstEntries[firstChain + i]) + time)
      let state = states.row(Int(chains.firstStates[firstChain + i]) + time)
      let (reset, proposed, previous) = (
        saved.gates.row(row), saved.proposed.row(row), saved.previous.row(row)
      )
      let (update, recurrent, proposal) = (reset + width, reset + 2 * width, input + 2 * width)
      Elementwise.add(reset, input, count: 2 * width)
      Elementwise.sigmoid(reset, count: 2 * width)
      for c in 0..<width { proposed[c] = Elementwise.tanh(proposal[c] + reset[c] * recurrent[c]) }
      for c in 0..<width { state[c] = proposed[c] + update[c] * (previous[c] - proposed[c]) }
    }
  }

  /// Adds to `dx` [K x E]. Overwrites `dstates` [S x H] with the gradients that include each state's effect on
  /// the later ones.
  func backward(_ dstates: Matrix, _ dx: Matrix, _ pass: Pass) {
    guard let saved else { preconditionFailure("backward follows forward") }
    let (x, chains, previous) = (saved.x, saved.chains, saved.previous)
    let dinputPart = Matrix(zeros: x.partition, columns: 3 * width, in: pass.arena)
    let dgates = Matrix(previous.partition, columns: 3 * width, in: pass.arena)
    // What each chain's state gets from the state after it.
    let carried = Matrix(zeros: chains.partition, columns: width, in: pass.arena)
    let recurrent = pass.transposed(offset: recurrentWeight, rows: width, columns: 3 * width)
    let input = pass.transposed(offset: inputWeight, rows: inputs, columns: 3 * width)
    for shard in 0..<x.partition.shards {
      for time in (0..<chains.times(ofShard: shard)).reversed() {
        stepBackward(time, shard, dstates, carried, dgates, dinputPart, saved, recurrent)
      }
      weightGradients(
        previous, dgates, inputs: width, weight: recurrentWeight, bias: recurrentBias, shard, pass)
      weightGradients(x, dinputPart, inputs: inputs, weight: inputWeight, bias: inputBias, shard, pass)
      let entries = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        dinputPart.view(entries), input, into: dx.mutableView(entries), start: .sum)
    }
  }

  /// With dh the gradient at the state: dn = dh (1 - z), dz = dh (h - n), dr = dn' (h W_hn + b_hn), each then
  /// through its nonlinearity, dn' = dn (1 - n^2); the state before gets dh z + [dr' dz' dn' r] W_h^T.
  private func stepBackward(
    _ time: Int, _ shard: Int, _ dstates: Matrix, _ carried: Matrix, _ dgates: Matrix,
    _ dinputPart: Matrix, _ saved: Saved, _ transposedWeight: MatrixView
  ) {
    let chains = saved.chains
    let firstChain = chains.partition.rows(ofShard: shard).lowerBound
    let rows = chains.rows(atTime: time, ofShard: shard)
    for (i, row) in rows.enumerated() {
      let dh = dstates.row(Int(chains.firstStates[firstChain + i]) + time)
      let carry = carried.row(firstChain + i)
      let reset = saved.gates.row(row)
      let (update, recurrent) = (reset + width, reset + 2 * width)
      let (n, h) = (saved.proposed.row(row), saved.previous.row(row))
      let dreset = dgates.row(row)
      let (dupdate, dproposed) = (dreset + width, dreset + 2 * width)
      Elementwise.add(dh, carry, count: width)
      for c in 0..<width { dproposed[c] = dh[c] * (1 - update[c]) * (1 - n[c] * n[c]) }
      for c in 0..<width { dupdate[c] = dh[c] * (h[c] - n[c]) * update[c] * (1 - update[c]) }
      for c in 0..<width { dreset[c] = dproposed[c] * recurrent[c] * reset[c] * (1 - reset[c]) }
      let entry = Int(chains.firstEntries[firstChain + i]) + time
      Elementwise.add(dinputPart.row(entry), dreset, count: 3 * width)
      for c in 0..<width { dproposed[c] *= reset[c] }
      for c in 0..<width { carry[c] = dh[c] * update[c] }
    }
    guard time > 0 else { return }
    MatrixMultiply.multiply(
      dgates.view(rows), transposedWeight,
      into: carried.mutableView(firstChain..<firstChain + rows.count), start: .sum)
  }

  /// dW += x^T dy, db += sum of dy, over the shard's rows.
  private func weightGradients(
    _ x: Matrix, _ dy: Matrix, inputs: Int, weight: Int, bias: Int, _ shard: Int, _ pass: Pass
  ) {
    let rows = x.partition.rows(ofShard: shard)
    MatrixMultiply.multiplyTransposedLeft(
      x.view(rows), dy.view(rows),
      into: pass.gradient(shard: shard, offset: weight, rows: inputs, columns: 3 * width), start: .sum)
    Elementwise.addRows(
      pass.gradient(shard: shard, offset: bias), dy.row(rows.lowerBound), stride: 3 * width,
      rows: rows.count, columns: 3 * width)
  }
}
