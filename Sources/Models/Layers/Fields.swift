/// The fields that most models are built on, each as wide as an encoded item:
///
///     x = [user ; per history: sum of entries ; candidate ; genome where present]
///
/// A model that uses them declares `ModelSettings.alignsFields`.
package final class Fields {
  /// How many fields there are, and how many columns each of them has.
  package let count: Int
  package let width: Int
  package var columns: Int { count * width }
  private let user: Embedding
  private let items: ItemEncoder
  private let genome: GenomeField?
  private let histories: Int

  /// Throws `ModelError.unalignedFields` if the user's embedding is not as wide as an encoded item.
  package init(_ configuration: ModelConfiguration, in layout: inout ModelLayout) throws(ModelError) {
    width = configuration.encodedItemWidth
    guard configuration.userWidth == width else {
      throw .unalignedFields(model: configuration.name, userWidth: configuration.userWidth, itemWidth: width)
    }
    user = Embedding("user", field: .user, width: configuration.userWidth, in: &layout)
    items = ItemEncoder(
      itemWidth: configuration.itemWidth, categoryWidth: configuration.categoryWidth, in: &layout)
    histories = configuration.histories.count
    genome = GenomeField("genome", tags: configuration.genomeWidth, width: width, in: &layout)
    count = 2 + histories + (genome == nil ? 0 : 1)
  }

  private func columns(_ field: Int) -> Range<Int> { field * width..<(field + 1) * width }

  /// [B x columns].
  package func forward(_ batch: Batch, _ pass: Pass) -> Matrix {
    let x = Matrix(batch.partition, columns: columns, in: pass.arena)
    user.forward(batch.users, x.columns(columns(0)), pass)
    for index in 0..<histories {
      let history = batch.histories[index]
      let keys = Matrix(history.keyPartition, columns: width, in: pass.arena)
      items.forward(history.keys, keys, pass)
      HistorySum.forward(keys, history, x.columns(columns(1 + index)))
    }
    items.forward(batch.candidates, x.columns(columns(1 + histories)), pass)
    genome?.forward(batch, x.columns(columns(2 + histories)), pass)
    return x
  }

  /// Given the gradient at x [B x columns].
  package func backward(_ dx: Matrix, _ batch: Batch, _ pass: Pass) {
    user.backward(batch.users, dx.columns(columns(0)), pass)
    for index in 0..<histories {
      let history = batch.histories[index]
      let dkeys = Matrix(zeros: history.keyPartition, columns: width, in: pass.arena)
      HistorySum.backward(dx.columns(columns(1 + index)), history, dkeys)
      items.backward(history.keys, dkeys, pass)
    }
    items.backward(batch.candidates, dx.columns(columns(1 + histories)), pass)
    genome?.backward(dx.columns(columns(2 + histories)), pass)
  }
}
