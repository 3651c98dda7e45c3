/// y [B x outputs] = x [B x inputs] W + b, with W [inputs x outputs] and, unless left out, b [outputs].
package final class Linear: Layer, DeferringLayer {
  let inputs: Int
  let outputs: Int
  private let weight: Int
  let bias: Int?
  private let defers: Bool
  private var x: Matrix?

  /// With `isShared` all layers of the same name have one W. With `defers` the gradients of the weights are left to the
  /// pass's `DeferredGradients`, where it has them: then neither x nor the gradient at y may change until the arena of the
  /// pass is reset.
  package init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true, isShared: Bool = false,
    defers: Bool = false, in layout: inout ModelLayout
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.defers = defers
    weight =
      isShared
      ? layout.sharedParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
      : layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
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
    if defers, let deferred = pass.deferred { deferred.add(self, dy) } else { weightGradients(dy, pass) }
    let dx = Matrix(dy.partition, columns: inputs, in: pass.arena)
    let transposed = pass.transposed(offset: weight, rows: inputs, columns: outputs)
    MatrixMultiply.multiply(dy.view, transposed, into: dx.mutableView, start: .zero)
    return dx
  }

  /// The part of `backward` for the weights alone: enough where the input is data.
  func weightGradients(_ dy: Matrix, _ pass: Pass) {
    pass.forEachSum(dy.partition) { weightGradients(dy, $0, pass) }
  }

  /// The same for virtual shard `shard` of a pass without sums.
  func weightGradients(_ dy: Matrix, shard: Int, _ pass: Pass) {
    pass.forEachSum(dy.partition, ofShard: shard, of: nil) { weightGradients(dy, $0, pass) }
  }

  private func weightGradients(_ dy: Matrix, _ sum: SummedRows, _ pass: Pass) {
    guard let x else { preconditionFailure("backward follows forward") }
    let own = sum.scaled(dy.view(sum.rows), from: sum.rows.lowerBound, pass)
    MatrixMultiply.multiplyTransposedLeft(
      x.view(sum.rows), own,
      into: sum.gradient(offset: weight, rows: inputs, columns: outputs), start: .sum)
    if let bias {
      Elementwise.addRows(
        sum.gradients + bias, own.values, stride: own.stride, rows: own.rows, columns: outputs)
    }
  }
}
