/// A multilayer perceptron: linear layers with an activation after each but the last, which has one
/// output, the logit.
final class Perceptron: Layer {
  private var layers: [any Layer] = []

  /// `widths` are those of the hidden layers, for example [200, 80].
  init(
    _ name: String, inputs: Int, widths: [Int], activation: Activation, in layout: inout ModelLayout
  ) {
    var inputs = inputs
    for (index, width) in widths.enumerated() {
      layers.append(Linear("\(name)/\(index)", inputs: inputs, outputs: width, in: &layout))
      layers.append(activation.layer("\(name)/\(index)", columns: width, in: &layout))
      inputs = width
    }
    let output = Linear("\(name)/\(widths.count)", inputs: inputs, outputs: 1, in: &layout)
    layers.append(output)
    layout.outputBias = output.bias
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix {
    var y = x
    for layer in layers { y = try layer.forward(y, pass) }
    return y
  }

  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix {
    var dx = dy
    for layer in layers.reversed() { dx = try layer.backward(dx, pass) }
    return dx
  }
}
