/// Batch normalisation of a model's inputs, the columns that its perceptron sees; nothing where a job leaves it out.
final class InputNormalization: Layer {
  private let norm: BatchNormalization?

  init(columns: Int, _ configuration: ModelConfiguration, in layout: inout ModelLayout) {
    norm =
      configuration.inputNormalization
      ? BatchNormalization("input_norm", columns: columns, in: &layout) : nil
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix { try norm?.forward(x, pass) ?? x }

  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix { try norm?.backward(dy, pass) ?? dy }
}
