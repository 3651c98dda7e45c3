import Models

/// A model that is a layout only, with whatever declaration a test gives it.
final class SketchedModel: Model {
  typealias Build = @Sendable (ModelConfiguration, inout ModelLayout) throws(ModelError) -> Void
  nonisolated(unsafe) static var sketch: (settings: ModelSettings, build: Build) = (
    ModelSettings(), { _, _ in }
  )
  static let name = "Sketched"
  static var settings: ModelSettings { sketch.settings }
  let layout: ModelLayout

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    try SketchedModel.sketch.build(configuration, &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    Matrix(zeros: batch.partition, columns: 1, in: pass.arena)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) {}
}
