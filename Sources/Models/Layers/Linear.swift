/// y [B x outputs] = x [B x inputs] W + b, with W [inputs x outputs] and, unless left out, b [outputs].
package final class Linear: Layer, DeferringLayer {
  let inputs: Int
  let outputs: Int
  private let weight: Int
  let bias: Int?
  private let defers: Bool
  private var x: Matrix?

  /// With `isShared` all layers of the same name have one W. With `defers`, W's gradients are added over the shards by the
  /// pass's `ShardJoins`, and left to its `DeferredGradients`, where it has them: then neither x nor the gradient at y may
  /// change until the arena of the pass is reset.
  package init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true, isShared: Bool = false,
    defers: Bool = false, in layout: inout ModelLayout
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.defers = defers
    precondition(!(defers && isShared), "gradients of a layer's own weight are deferred")
    weight =
      isShared
      ? layout.sharedParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
      : layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform, addsShards: defers)
    self.bias = bias ? layout.addParameter("\(name)/bias", [outputs], .constant(0)) : nil
  }

  package func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    self.x = x
    let y = Matrix(x.partition, columns: outputs, in: pass.arena)
    MatrixMultiply.multiply(
      x.view, pass.weight(offset: weight, rows: inputs, columns: outputs), into: y.mutableView,
      start: bias.map { .row(pass.parameters + $0) } ?? .zero)
    return y
  }

  /// dW += x^T dy, db += sum of dy over the samples, dx = dy W^T.
  package func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    if defers, let deferred = pass.deferred {
      deferred.add(self, dy)
    } else {
      weightGradients(dy, pass)
    }
    let dx = Matrix(dy.partition, columns: inputs, in: pass.arena)
    let transposed = pass.transposed(offset: weight, rows: inputs, columns: outputs)
    MatrixMultiply.multiply(dy.view, transposed, into: dx.mutableView, start: .zero)
    return dx
  }

  /// The part of `backward` for the weights alone: enough where the input is data.
  func weightGradients(_ dy: Matrix, _ pass: Pass) {
    guard joins(pass) != nil else { return pass.forEachSum(dy.partition) { weightGradients(dy, $0, pass) } }
    for piece in 0..<pieces(dy, pass) { weightGradients(dy, piece: piece, pass) }
  }

  private func weightGradients(_ dy: Matrix, _ sum: SummedRows, _ pass: Pass) {
    guard let x else { preconditionFailure("backward follows forward") }
    let own = sum.scaled(dy.view(sum.rows), from: sum.rows.lowerBound, pass)
    MatrixMultiply.multiplyTransposedLeft(
      x.view(sum.rows), own,
      into: sum.gradient(offset: weight, rows: inputs, columns: outputs),
      // A pass with sums goes through a layer once: what it overwrites need not be cleared.
      start: defers && pass.sums != nil ? .zero : .sum)
    biasGradients(own, sum.gradients)
  }

  private func biasGradients(_ dy: MatrixView, _ gradients: UnsafeMutablePointer<Float>) {
    guard let bias else { return }
    Elementwise.addRows(gradients + bias, dy.values, stride: dy.stride, rows: dy.rows, columns: outputs)
  }

  // MARK: Piece by piece

  /// Sums with coefficients are of one shard: there is nothing to join.
  private func joins(_ pass: Pass) -> ShardJoins? { defers && pass.sums == nil ? pass.joins : nil }

  /// Some rows of W for one shard are a piece where shards are joined, else all of them.
  func pieces(_ dy: Matrix, _ pass: Pass) -> Int {
    guard let joins = joins(pass) else { return dy.partition.shards }
    let rows = joins.rows(columns: outputs)
    return (inputs + rows - 1) / rows * joins.shards
  }

  /// Pieces come in turn: some rows of W for one shard after the other, then the next rows.
  func weightGradients(_ dy: Matrix, piece: Int, _ pass: Pass) {
    if let joins = joins(pass) { return weightGradients(dy, piece, joins, pass) }
    pass.forEachSum(dy.partition, ofShard: piece, of: nil) { weightGradients(dy, $0, pass) }
  }

  private func weightGradients(_ dy: Matrix, _ piece: Int, _ joins: ShardJoins, _ pass: Pass) {
    guard let x else { preconditionFailure("backward follows forward") }
    let (part, shard) = piece.quotientAndRemainder(dividingBy: joins.shards)
    let first = part * joins.rows(columns: outputs)
    let count = min(joins.rows(columns: outputs), inputs - first)
    let samples = dy.partition.rows(ofShard: shard)
    let own = dy.view(samples)
    joins.add(
      shard: shard, count: count * outputs,
      at: { pass.gradient(shard: $0, offset: weight + first * outputs) },
      { place in
        MatrixMultiply.multiplyTransposedLeft(
          x.columns(first..<first + count).view(samples), own,
          into: MutableMatrixView(place, rows: count, columns: outputs), start: .zero)
      })
    if first == 0 { biasGradients(own, pass.gradient(shard: shard, offset: 0)) }
  }
}
