/// A multilayer perceptron: linear layers, the last of which has one output, the logit. After each other one come, where
/// asked for, batch normalisation, then the activation, then in training dropout.
final class Perceptron: Layer {
  private var layers: [any Layer] = []

  /// `widths` are those of the hidden layers, for example [200, 80].
  init(
    _ name: String, inputs: Int, widths: [Int], activation: Activation, normalizes: Bool,
    in layout: inout ModelLayout
  ) {
    var inputs = inputs
    for (index, width) in widths.enumerated() {
      let hidden = "\(name)/\(index)"
      layers.append(Linear(hidden, inputs: inputs, outputs: width, defers: true, in: &layout))
      if normalizes { layers.append(BatchNormalization("\(hidden)/norm", columns: width, in: &layout)) }
      layers.append(activation.layer(hidden, columns: width, in: &layout))
      layers.append(Dropout(hidden))
      inputs = width
    }
    // This one does not defer: a model may overwrite the gradient at the logits afterwards.
    let output = Linear("\(name)/\(widths.count)", inputs: inputs, outputs: 1, in: &layout)
    layers.append(output)
    layout.outputBias = output.bias
  }

  /// The perceptron that ends a model: of the configuration's hidden layers, under the name `mlp`. `activation` is the
  /// model's own.
  convenience init(
    inputs: Int, activation: Activation, _ configuration: ModelConfiguration, in layout: inout ModelLayout
  ) {
    self.init(
      "mlp", inputs: inputs, widths: configuration.hidden, activation: configuration.activation ?? activation,
      normalizes: configuration.batchNormalization, in: &layout)
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
