import LCFT
import Models
import Testing
import YAML

/// A model that uses fields of equal width and does not declare it.
private final class UndeclaringModel: Model {
  static let name = "Undeclaring"
  static let settings = ModelSettings()
  let layout: ModelLayout
  private let fields: Fields

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    fields = try Fields(configuration, aligned: true, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    fields.forward(batch, pass).columns(0..<1)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) {
    let dx = Matrix(zeros: batch.partition, columns: fields.columns, in: pass.arena)
    for b in 0..<dx.rows { dx.row(b)[0] = dlogits.row(b)[0] }
    fields.backward(dx, batch, pass)
  }
}

@Suite struct JobModelTests {
  /// A job for a model that does not do what it declares is refused at the line of the model's name.
  @Test func undeclaringModelsAreRefused() throws {
    let text = "seed: 2\nmodel:\n  item_embedding: 4\n  name: Undeclaring\n"
    let models: [any Model.Type] = [UndeclaringModel.self]
    var job = try Job.parse("seed: 2\n", file: "job.yaml")
    job.model = ModelRegistry.configuration("Undeclaring", among: models)
    let section = try YAMLSection.parse(text, file: "job.yaml").section("model")
    let refused = #expect(throws: YAMLError.self) { try job.checkModel(section, among: models) }
    #expect(
      refused?.description
        == "job.yaml:4: model.name cannot be Undeclaring: the model depends on aligned fields (alignsFields), which "
        + "its ModelSettings do not declare; use another model or correct the declaration")
  }
}
