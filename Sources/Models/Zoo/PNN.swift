/// Product-based neural network (Qu et al., ICDM 2016), in the reference implementation's form:
///
///     logit = perceptron(batch_norm([v ; v_i . v_j for i < j])), after each hidden layer PReLU or what a job says
///
/// with v the fields (`Fields`); another `ProductKind` may take the place of v_i . v_j, and a job may leave out the
/// batch norm.
final class PNN: Model {
  static let name = "PNN"
  static let settings = ModelSettings(hidden: true, products: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let fields: Fields
  private let products: FieldProducts
  private let norm: InputNormalization
  private let perceptron: Perceptron

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    fields = try Fields(configuration, aligned: true, in: &layout)
    products = FieldProducts(configuration.products, fields: fields.count, width: fields.width)
    norm = InputNormalization(columns: products.outputs, configuration, in: &layout)
    perceptron = Perceptron(inputs: products.outputs, activation: .prelu, configuration, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = products.forward(fields.forward(batch, pass), pass)
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    pass.forEachSum(of: products.backward(dx, pass)) { part, _ in fields.backward(part, batch, pass) }
  }
}
