/// Deep & Cross Network, version 2 (Wang et al., WWW 2021), stacked:
///
///     x_0 = fields, x_{l+1} = x_0 * (x_l W_l + b_l) + x_l, logit = perceptron(batch_norm(x_L))
///
/// with the fields side by side (`Fields`), as wide as a job says, L cross layers (`CrossLayer`) and after each
/// hidden layer PReLU or what a job says. A job may leave out the batch norm.
final class DCNv2: Model {
  static let name = "DCNv2"
  static let settings = ModelSettings(hidden: true, crossLayers: true)

  private(set) var layout = ModelLayout()
  private let fields: Fields
  private let crossings: [CrossLayer]
  private let norm: InputNormalization
  private let perceptron: Perceptron

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    let fields = try Fields(configuration, aligned: false, in: &layout)
    self.fields = fields
    crossings = (0..<configuration.crossLayers).map {
      CrossLayer("cross/\($0)", columns: fields.columns, in: &layout)
    }
    norm = InputNormalization(columns: fields.columns, configuration, in: &layout)
    perceptron = Perceptron(inputs: fields.columns, activation: .prelu, configuration, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x0 = fields.forward(batch, pass)
    var x = x0
    for crossing in crossings { x = crossing.forward(x0, x, pass) }
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    var dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    let dx0 = Matrix(zeros: dx.partition, columns: dx.columns, in: pass.arena)
    for crossing in crossings.reversed() { dx = crossing.backward(dx, dx0, pass) }
    Elementwise.add(dx.values, dx0.values, count: dx.rows * dx.columns)
    pass.forEachSum(of: dx) { part, _ in fields.backward(part, batch, pass) }
  }
}
