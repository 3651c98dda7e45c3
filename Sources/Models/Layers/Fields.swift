/// The fields that most models are built on:
///
///     x = [user ; per history: sum of entries ; candidate ; its numbers and vectors ; user's features ;
///          sample's features]
///
/// with event features added to the entries (`EntryEncoder`), which are as wide as an encoded item. Without user ids
/// there is no user's field. A model that multiplies fields has all of them aligned, as wide as an encoded item, and
/// declares `ModelSettings.alignsFields`. Fields that are not aligned are as wide by default, and of other widths where a
/// job says so.
package final class Fields {
  /// How many fields there are, and how many columns each of them has where they are aligned.
  package let count: Int
  package let width: Int
  package let columns: Int
  private let user: Embedding?
  private let items: ItemEncoder
  private let entries: [EntryEncoder]
  private let features: [FeatureFields]

  /// Throws `ModelError.unalignedFields` if the user's embedding is given another width than aligned fields have, and
  /// what `FeatureWidths.check` throws.
  package init(
    _ configuration: ModelConfiguration, aligned: Bool, in layout: inout ModelLayout
  ) throws(ModelError) {
    let width = configuration.encodedItemWidth
    let userWidth = configuration.userWidth ?? width
    guard !aligned || userWidth == width || userWidth == 0 else {
      throw .unalignedFields(model: configuration.name, userWidth: userWidth, itemWidth: width)
    }
    let widths = FeatureWidths(
      configuration, fields: aligned ? .all(width) : .usually(width), events: width)
    try widths.check()
    user = userWidth == 0 ? nil : Embedding("user", space: .user, width: userWidth, in: &layout)
    let items = ItemEncoder(configuration, in: &layout)
    entries = configuration.histories.map {
      EntryEncoder($0, items, adds: true, configuration, widths, in: &layout)
    }
    features = [ModelFeature.Owner.items, .users, .samples].map {
      FeatureFields($0, configuration, widths, in: &layout)
    }
    self.items = items
    self.width = width
    count = (user == nil ? 1 : 2) + entries.count + features.reduce(0) { $0 + $1.count }
    columns = userWidth + (entries.count + 1) * width + features.reduce(0) { $0 + $1.width }
  }

  /// [B x columns].
  package func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    let x = Matrix(batch.partition, columns: columns, in: pass.arena)
    var next = Columns(x)
    if let user { user.forward(batch.users, next.take(user.width), pass) }
    for (index, encoder) in entries.enumerated() {
      let history = batch.histories[index]
      HistorySum.forward(encoder.forward(history, pass), history, next.take(width))
    }
    items.forward(batch.candidates, next.take(width), pass)
    for fields in features { fields.forward(batch, next.take(fields.width), pass) }
    return x
  }

  /// Given the gradient at x [B x columns].
  package func backward(_ dx: Matrix, _ batch: Batch, _ pass: Pass) {
    var next = Columns(dx)
    if let user { user.backward(batch.users, next.take(user.width), pass) }
    for (index, encoder) in entries.enumerated() {
      let history = batch.histories[index]
      let dkeys = Matrix(zeros: history.keyPartition, columns: width, in: pass.arena)
      HistorySum.backward(next.take(width), history, dkeys, pass)
      encoder.backward(history, dkeys, pass)
    }
    items.backward(batch.candidates, next.take(width), pass)
    for fields in features { fields.backward(batch, next.take(fields.width), pass) }
  }
}
