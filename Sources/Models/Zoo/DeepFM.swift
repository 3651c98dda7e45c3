/// DeepFM (Guo et al., IJCAI 2017), in the reference implementation's form:
///
///     logit = first order + sum over i < j of v_i . v_j + deep(x)
///
/// with x the batch-normalised fields v_i (`Fields`), the first order that of LR and deep a perceptron with
/// sigmoids.
final class DeepFM: Model {
  static let name = "DeepFM"
  static let settings = ModelSettings(hidden: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let firstOrder: FirstOrder
  private let fields: Fields
  private let secondOrder: FactorizationMachine
  private let deep: Perceptron

  init(_ configuration: ModelConfiguration) {
    var layout = ModelLayout()
    firstOrder = FirstOrder(prefix: "first_order_", configuration, in: &layout)
    fields = Fields(configuration, in: &layout)
    secondOrder = FactorizationMachine(fields: fields.count, width: fields.width)
    deep = Perceptron(
      "mlp", inputs: fields.count * fields.width, widths: configuration.hidden, activation: .sigmoid,
      in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let logits = firstOrder.forward(batch, pass)
    let x = try fields.forward(batch, pass)
    Elementwise.add(logits.values, secondOrder.forward(x, pass).values, count: logits.rows)
    Elementwise.add(logits.values, try deep.forward(x, pass).values, count: logits.rows)
    return logits
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    firstOrder.backward(dlogits, batch, pass)
    let dx = secondOrder.backward(dlogits, pass)
    let throughDeep = try deep.backward(dlogits, pass)
    Elementwise.add(dx.values, throughDeep.values, count: dx.rows * dx.columns)
    try fields.backward(dx, batch, pass)
  }
}
