/// A feature as a field: y [n x width] for the n samples of a batch or entries of a history,
///
///     values:  mean of their embeddings, zero for none; times W where the embeddings have another width
///     number:  x w, or another vector where x is missing (`NumberEmbedding`)
///     vector:  x W, with x scaled to unit length
final class FeatureField {
  let width: Int
  private enum Form {
    case mean(ValueMean)
    case projected(ValueMean, Linear)
    case number(NumberEmbedding)
    case vector(Linear)
  }
  private let form: Form

  /// `key` begins the names of the feature's own weights, `table` is the name and width of its embeddings. Fields of the
  /// same names share their weights.
  init(
    _ feature: ModelFeature, of features: ModelFeatures, key: String, table: (name: String, width: Int),
    width: Int, in layout: inout ModelLayout
  ) {
    self.width = width
    switch feature.kind {
    case .values(let index):
      let mean = ValueMean(table.name, table: index, of: features, width: table.width, in: &layout)
      form =
        table.width == width
        ? .mean(mean)
        : .projected(
          mean,
          Linear(
            "\(key)/projection", inputs: table.width, outputs: width, bias: false, isShared: true, in: &layout
          ))
    case .number: form = .number(NumberEmbedding(key, width: width, in: &layout))
    case .vector(let count):
      form = .vector(Linear(key, inputs: count, outputs: width, bias: false, isShared: true, in: &layout))
    }
  }

  /// With the widths of `widths`.
  convenience init(
    _ feature: ModelFeature, _ configuration: ModelConfiguration, _ widths: FeatureWidths,
    in layout: inout ModelLayout
  ) {
    let features = configuration.features
    self.init(
      feature, of: features, key: features.key(of: feature),
      table: feature.table.map { (features.tableName($0), widths.tableWidth($0)) } ?? ("", 0),
      width: widths.width(of: feature), in: &layout)
  }

  /// Writes [n x width] into `y`.
  func forward(_ x: FeatureValues, _ y: Matrix, _ pass: Pass) {
    switch form {
    case .mean(let mean): mean.forward(lists(x), y, pass)
    case .projected(let mean, let linear):
      let means = Matrix(y.partition, columns: mean.width, in: pass.arena)
      mean.forward(lists(x), means, pass)
      copy(linear.forward(means, pass), to: y)
    case .number(let number): number.forward(x, y, pass)
    case .vector(let linear):
      guard let values = x.numbers else { preconditionFailure("the batch holds the vectors") }
      let vectors = Matrix(
        values: values, partition: y.partition, columns: linear.inputs, stride: linear.inputs)
      copy(linear.forward(vectors, pass), to: y)
    }
  }

  /// Only weights have gradients; the values themselves are data.
  func backward(_ x: FeatureValues, _ dy: Matrix, _ pass: Pass) {
    switch form {
    case .mean(let mean): mean.backward(lists(x), dy, pass)
    case .projected(let mean, let linear): mean.backward(lists(x), linear.backward(dy, pass), pass)
    case .number(let number): number.backward(x, dy, pass)
    case .vector(let linear): linear.weightGradients(dy, pass)
    }
  }

  private func lists(_ x: FeatureValues) -> RaggedRows {
    guard let lists = x.lists else { preconditionFailure("the batch holds the values") }
    return lists
  }

  private func copy(_ from: Matrix, to y: Matrix) {
    Rows.copy(from.values, stride: from.stride, to: y.values, stride: y.stride, width: width, count: y.rows)
  }
}
