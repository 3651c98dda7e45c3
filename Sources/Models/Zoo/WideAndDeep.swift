/// Wide & Deep (Cheng et al., DLRS 2016), in the reference implementation's form:
///
///     [x ; p] = batch_norm([v ; v_i * v_j for i < j]), logit = wide([x ; p]) + deep(x)
///
/// with v the fields (`Fields`), `*` element by element, wide a linear layer and deep a perceptron with PReLU
/// or what a job says. A job may leave out the batch norm.
final class WideAndDeep: Model {
  static let name = "WideDeep"
  static let settings = ModelSettings(hidden: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let fields: Fields
  private let products: FieldProducts
  private let norm: InputNormalization
  private let wide: Linear
  private let deep: Perceptron

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    fields = try Fields(configuration, aligned: true, in: &layout)
    products = FieldProducts(.elementwise, fields: fields.count, width: fields.width)
    norm = InputNormalization(columns: products.outputs, configuration, in: &layout)
    wide = Linear("wide", inputs: products.outputs, outputs: 1, in: &layout)
    deep = Perceptron(inputs: fields.columns, activation: .prelu, configuration, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = try norm.forward(products.forward(fields.forward(batch, pass), pass), pass)
    let logits = wide.forward(x, pass)
    let fromDeep = try deep.forward(x.columns(0..<fields.columns), pass)
    Elementwise.add(logits.values, fromDeep.values, count: logits.rows)
    return logits
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = wide.backward(dlogits, pass)
    let throughDeep = try deep.backward(dlogits, pass)
    for b in 0..<dx.rows { Elementwise.add(dx.row(b), throughDeep.row(b), count: fields.columns) }
    let dfields = products.backward(try norm.backward(dx, pass), pass)
    pass.forEachSum(of: dfields) { part, _ in fields.backward(part, batch, pass) }
  }
}
