/// Wide & Deep (Cheng et al., DLRS 2016), in the reference implementation's form:
///
///     logit = wide([x ; v_i * v_j for i < j]) + deep(x)
///
/// with x the batch-normalised fields v_i (`Fields`), `*` element by element, wide a linear layer and deep a
/// perceptron with PReLU.
final class WideAndDeep: Model {
  static let name = "WideDeep"
  static let settings = ModelSettings(hidden: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let fields: Fields
  private let products: FieldProducts
  private let wide: Linear
  private let deep: Perceptron

  init(_ configuration: ModelConfiguration) {
    var layout = ModelLayout()
    fields = Fields(configuration, in: &layout)
    products = FieldProducts(.elementwise, fields: fields.count, width: fields.width)
    wide = Linear("wide", inputs: products.outputs, outputs: 1, in: &layout)
    deep = Perceptron(
      "mlp", inputs: fields.count * fields.width, widths: configuration.hidden, activation: .prelu,
      in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = try fields.forward(batch, pass)
    let logits = wide.forward(products.forward(x, pass), pass)
    Elementwise.add(logits.values, try deep.forward(x, pass).values, count: logits.rows)
    return logits
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = products.backward(wide.backward(dlogits, pass), pass)
    let throughDeep = try deep.backward(dlogits, pass)
    Elementwise.add(dx.values, throughDeep.values, count: dx.rows * dx.columns)
    try fields.backward(dx, batch, pass)
  }
}
