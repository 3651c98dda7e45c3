/// y [B x outputs] = x [B x inputs] W + b, with W [inputs x outputs] and b [outputs], which may be left out.
final class Linear: Layer {
  let inputs: Int
  let outputs: Int
  private let weight: Int
  let bias: Int?
  private var x: Matrix?

  init(_ name: String, inputs: Int, outputs: Int, bias: Bool = true, in layout: inout ModelLayout) {
    self.inputs = inputs
    self.outputs = outputs
    weight = layout.addParameter("\(name)/weight", [inputs, outputs], .glorotUniform)
    self.bias = bias ? layout.addParameter("\(name)/bias", [outputs], .constant(0)) : nil
  }

  func forward(_ x: Matrix, _ pass: Pass) -> Matrix {
    self.x = x
    let y = Matrix(x.partition, columns: outputs, in: pass.arena)
    if let bias {
      for row in 0..<y.rows { y.row(row).update(from: pass.parameters + bias, count: outputs) }
    }
    for shard in 0..<x.partition.shards {
      let rows = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiply(
        rows.count, outputs, inputs, x.row(rows.lowerBound), x.stride, pass.parameters + weight, outputs,
        y.row(rows.lowerBound), y.stride, beta: bias == nil ? 0 : 1)
    }
    return y
  }

  /// dW += x^T dy, db += sum of dy over the samples, dx = dy W^T.
  func backward(_ dy: Matrix, _ pass: Pass) -> Matrix {
    weightGradients(dy, pass)
    let dx = Matrix(dy.partition, columns: inputs, in: pass.arena)
    for shard in 0..<dy.partition.shards {
      let rows = dy.partition.rows(ofShard: shard)
      MatrixMultiply.multiplyTransposedRight(
        rows.count, inputs, outputs, dy.row(rows.lowerBound), dy.stride, pass.parameters + weight, outputs,
        dx.row(rows.lowerBound), dx.stride, beta: 0)
    }
    return dx
  }

  /// The part of `backward` that concerns the weights, enough where the input is data.
  func weightGradients(_ dy: Matrix, _ pass: Pass) {
    guard let x else { preconditionFailure("backward follows forward") }
    for shard in 0..<x.partition.shards {
      let rows = x.partition.rows(ofShard: shard)
      MatrixMultiply.multiplyTransposedLeft(
        inputs, outputs, rows.count, x.row(rows.lowerBound), x.stride, dy.row(rows.lowerBound), dy.stride,
        pass.gradient(shard: shard, offset: weight), outputs, beta: 1)
      if let bias {
        Elementwise.addRows(
          pass.gradient(shard: shard, offset: bias), dy.row(rows.lowerBound), stride: dy.stride,
          rows: rows.count, columns: outputs)
      }
    }
  }
}
