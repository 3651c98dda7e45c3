/// DeepFM (Guo et al., IJCAI 2017), in the reference implementation's form:
///
///     [x ; p] = batch_norm([v ; v_i . v_j for i < j]), logit = first order + sum of p + deep(x)
///
/// with v the fields (`Fields`), the first order that of LR and deep a perceptron with sigmoids or what a job says.
/// The dot products are normalised like the fields: as they are, SGD diverges at the paper's learning rate of 1. A job for
/// another optimiser may leave out the batch norm.
final class DeepFM: Model {
  static let name = "DeepFM"
  static let settings = ModelSettings(hidden: true, alignsFields: true)

  private(set) var layout = ModelLayout()
  private let firstOrder: FirstOrder
  private let fields: Fields
  private let products: FieldProducts
  private let norm: InputNormalization
  private let deep: Perceptron

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    firstOrder = FirstOrder(prefix: "first_order_", configuration, in: &layout)
    fields = try Fields(configuration, aligned: true, in: &layout)
    products = FieldProducts(.inner, fields: fields.count, width: fields.width)
    norm = InputNormalization(columns: products.outputs, configuration, in: &layout)
    deep = Perceptron(inputs: fields.columns, activation: .sigmoid, configuration, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let logits = firstOrder.forward(batch, pass)
    let x = try norm.forward(products.forward(fields.forward(batch, pass), pass), pass)
    let fromDeep = try deep.forward(x.columns(0..<fields.columns), pass)
    for b in 0..<x.rows {
      var secondOrder: Float = 0
      for c in fields.columns..<x.columns { secondOrder += x.row(b)[c] }
      logits.values[b] += secondOrder + fromDeep.values[b]
    }
    return logits
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    pass.forEachSum(of: dlogits) { part, _ in firstOrder.backward(part, batch, pass) }
    let throughDeep = try deep.backward(dlogits, pass)
    let dx = Matrix(batch.partition, columns: products.outputs, in: pass.arena)
    for b in 0..<dx.rows {
      dx.row(b).update(from: throughDeep.row(b), count: fields.columns)
      for c in fields.columns..<dx.columns { dx.row(b)[c] = dlogits.values[b] }
    }
    let dfields = products.backward(try norm.backward(dx, pass), pass)
    pass.forEachSum(of: dfields) { part, _ in fields.backward(part, batch, pass) }
  }
}
