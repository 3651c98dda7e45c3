/// The entries of a history as the models see them: the encoded item (`ItemEncoder`) and what is known of the event.
///
///     joined: y[k] = [item ; event feature ; event feature ; ...]
///     added:  y[k] = item + event feature + event feature + ...
///
/// Entries that must be as wide as the candidate have the features added, each as wide as the item.
final class EntryEncoder {
  let width: Int
  private let items: ItemEncoder
  private let events: [FeatureField]
  private let adds: Bool

  init(
    _ history: HistoryKind, _ items: ItemEncoder, adds: Bool, _ configuration: ModelConfiguration,
    _ widths: FeatureWidths, in layout: inout ModelLayout
  ) {
    self.items = items
    self.adds = adds
    events = configuration.features.events(in: history).map {
      FeatureField($0, configuration, widths, in: &layout)
    }
    width = adds ? items.width : events.reduce(items.width) { $0 + $1.width }
  }

  /// The entries [K x width].
  func forward(_ history: History, _ pass: Pass) -> Matrix {
    let y = Matrix(history.keyPartition, columns: width, in: pass.arena)
    items.forward(history.keys, y.columns(0..<items.width), pass)
    forEachEvent(history) { field, values, columns in
      guard adds else { return field.forward(values, y.columns(columns), pass) }
      let term = Matrix(history.keyPartition, columns: width, in: pass.arena)
      field.forward(values, term, pass)
      Elementwise.add(y.values, term.values, count: y.rows * width)
    }
    return y
  }

  func backward(_ history: History, _ dy: Matrix, _ pass: Pass) {
    items.backward(history.keys, dy.columns(0..<items.width), pass)
    forEachEvent(history) { field, values, columns in
      field.backward(values, adds ? dy : dy.columns(columns), pass)
    }
  }

  private func forEachEvent(
    _ history: History, _ body: (FeatureField, FeatureValues, Range<Int>) -> Void
  ) {
    var column = items.width
    for (index, field) in events.enumerated() {
      guard let values = history.events?[index] else { preconditionFailure("the batch holds the features") }
      body(field, values, column..<column + field.width)
      column += field.width
    }
  }
}
