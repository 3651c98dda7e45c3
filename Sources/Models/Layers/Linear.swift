/// y [B x outputs] = x [B x inputs] W + b, with W [inputs x outputs] and b [outputs].
final class Linear: Layer {
  let inputs: Int
  let outputs: Int
  private let weight: Int
  private let bias: Int
  private var x: Matrix?

  init(_ name: String, inputs: Int, outputs: Int, in layout: inout ModelLayout) {
    self.inputs = inputs
    self.outputs = outputs
    weight = layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
    bias = layout.addParameter("\(name)/bias", [outputs], .constant(0))
  }

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    self.x = x
    let y = Matrix(x.partition, columns: outputs, in: pass.arena)
    let b = pass.parameters + bias
    for row in 0..<y.rows { y.row(row).update(from: b, count: outputs) }
    for shard in 0..<x.partition.shards {
      let rows = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        rows.count, outputs, inputs, x.row(rows.lowerBound), x.stride, pass.parameters + weight, outputs,
        y.row(rows.lowerBound), y.stride, beta: 1)
    }
    return y
  }

  /// dW += x^T dy, db += sum of dy over the samples, dx = dy W^T.
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    guard let x else { preconditionFailure("backward follows forward") }
    let dx = Matrix(x.partition, columns: inputs, in: pass.arena)
    for shard in 0..<x.partition.shards {
      let rows = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiplyTransposedLeft(
        inputs, outputs, rows.count, x.row(rows.lowerBound), x.stride, dy.row(rows.lowerBound), dy.stride,
        pass.gradient(shard: shard, offset: weight), outputs, beta: 1)
      Elementwise.addRows(
        pass.gradient(shard: shard, offset: bias), dy.row(rows.lowerBound), stride: dy.stride,
        rows: rows.count, columns: outputs)
      MatrixMultiply.multiplyTransposedRight(
        rows.count, inputs, outputs, dy.row(rows.lowerBound), dy.stride, pass.parameters + weight, outputs,
        dx.row(rows.lowerBound), dx.stride, beta: 0)
    }
    return dx
  }
}
