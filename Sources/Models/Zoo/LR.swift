/// Logistic regression: the logit is the sum of one weight per feature value (`FirstOrder`).
final class LR: Model {
  static let name = "LR"
  static let settings = ModelSettings(embeddings: false)

  private(set) var layout = ModelLayout()
  private let firstOrder: FirstOrder

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    guard configuration.userWidth ?? 0 == 0 else { throw .weightPerUser(model: configuration.name) }
    var layout = ModelLayout()
    firstOrder = FirstOrder(configuration, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) -> Matrix { firstOrder.forward(batch, pass) }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) {
    pass.forEachSum(of: dlogits) { part, _ in firstOrder.backward(part, batch, pass) }
  }
}
