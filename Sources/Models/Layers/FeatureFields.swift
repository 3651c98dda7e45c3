/// Some of the features of `ModelFeatures.fields`, side by side: y = [field ; field ; ...].
final class FeatureFields {
  /// With their places in `Batch.fields`.
  private let fields: [(index: Int, field: FeatureField)]
  let width: Int
  var count: Int { fields.count }

  /// The fields of `owner`'s features that `field` makes.
  private init(
    _ owner: ModelFeature.Owner, of features: ModelFeatures, _ field: (ModelFeature) -> FeatureField
  ) {
    fields = features.fields.enumerated().filter { $1.owner == owner }.map { ($0, field($1)) }
    width = fields.reduce(0) { $0 + $1.field.width }
  }

  /// Those of users, of candidates (their numbers and vectors) or of samples.
  convenience init(
    _ owner: ModelFeature.Owner, _ configuration: ModelConfiguration, _ widths: FeatureWidths,
    in layout: inout ModelLayout
  ) {
    self.init(owner, of: configuration.features) {
      FeatureField($0, configuration, widths, in: &layout)
    }
  }

  /// The same with one weight per value or number, whose names begin with `prefix`: y has a column per field.
  convenience init(
    _ owner: ModelFeature.Owner, weights prefix: String, _ features: ModelFeatures,
    in layout: inout ModelLayout
  ) {
    self.init(owner, of: features) { feature in
      let name = prefix + features.key(of: feature)
      return FeatureField(feature, of: features, key: name, table: (name, 1), width: 1, in: &layout)
    }
  }

  /// Writes [B x width] into `y`.
  func forward(_ batch: Batch, _ y: Matrix, _ pass: Pass) {
    forEach(batch, y) { field, x, y in field.forward(x, y, pass) }
  }

  func backward(_ batch: Batch, _ dy: Matrix, _ pass: Pass) {
    forEach(batch, dy) { field, x, dy in field.backward(x, dy, pass) }
  }

  private func forEach(_ batch: Batch, _ y: Matrix, _ body: (FeatureField, FeatureValues, Matrix) -> Void) {
    assert(y.columns == width, "every field has its columns")
    var column = 0
    for (index, field) in fields {
      guard let values = batch.fields?[index] else { preconditionFailure("the batch holds the features") }
      body(field, values, y.columns(column..<column + field.width))
      column += field.width
    }
  }
}
