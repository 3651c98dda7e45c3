/// The candidate's tag genome as one more dense field: y [B x width] = genome [B x tags] W.
final class GenomeField {
  private let linear: Linear

  /// nil for a configuration without a genome.
  init?(_ name: String, tags: Int, width: Int, in layout: inout ModelLayout) {
    guard tags > 0 else { return nil }
    linear = Linear(name, inputs: tags, outputs: width, bias: false, in: &layout)
  }

  /// Writes [B x width] into `y`.
  func forward(_ batch: Batch, _ y: Matrix, _ pass: Pass) {
    guard let values = batch.genomes else { preconditionFailure("the batch holds the genomes") }
    let genomes = Matrix(
      values: values, partition: batch.partition, columns: linear.inputs, stride: linear.inputs)
    let field = linear.forward(genomes, pass)
    for b in 0..<y.rows { y.row(b).update(from: field.row(b), count: linear.outputs) }
  }

  /// Only the weights have a gradient; the genome itself is data.
  func backward(_ dy: Matrix, _ pass: Pass) { linear.weightGradients(dy, pass) }
}
