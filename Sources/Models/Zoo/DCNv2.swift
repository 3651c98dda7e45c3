/// Deep & Cross Network, version 2 (Wang et al., WWW 2021), stacked:
///
///     x_0 = fields, x_{l+1} = x_0 * (W_l x_l + b_l) + x_l, logit = perceptron(x_L)
///
/// with x_0 the batch-normalised fields (`Fields`) and PReLU after each hidden layer.
final class DCNv2: Model {
  static let name = "DCNv2"
  static let settings = ModelSettings(hidden: true, crossLayers: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let fields: Fields
  private let crossings: [CrossLayer]
  private let perceptron: Perceptron

  init(_ configuration: ModelConfiguration) {
    var layout = ModelLayout()
    fields = Fields(configuration, in: &layout)
    let columns = fields.count * fields.width
    crossings = (0..<configuration.crossLayers).map {
      CrossLayer("cross/\($0)", columns: columns, in: &layout)
    }
    perceptron = Perceptron(
      "mlp", inputs: columns, widths: configuration.hidden, activation: .prelu, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x0 = try fields.forward(batch, pass)
    var x = x0
    for crossing in crossings { x = crossing.forward(x0, x, pass) }
    return try perceptron.forward(x, pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    var dx = try perceptron.backward(dlogits, pass)
    let dx0 = Matrix(zeros: dx.partition, columns: dx.columns, in: pass.arena)
    for crossing in crossings.reversed() { dx = crossing.backward(dx, dx0, pass) }
    Elementwise.add(dx.values, dx0.values, count: dx.rows * dx.columns)
    try fields.backward(dx, batch, pass)
  }
}
