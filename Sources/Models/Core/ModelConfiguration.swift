/// The part of a job that says which model to build. Defaults are the reference implementation's sizes;
/// `ModelRegistry.configuration` adds those that depend on the model.
package struct ModelConfiguration: Sendable, Equatable {
  /// The registered name, for example `DIN`.
  package var name: String
  package var userWidth = 9
  package var itemWidth = 9
  package var categoryWidth = 9
  /// Widths of the attention's two hidden layers, and what the first one sees.
  package var attention = [80, 40]
  package var attentionInput = AttentionInput.concatenated
  /// Widths of the hidden layers of the perceptron that ends in the logit.
  package var hidden = [200, 80]
  /// Which products of fields PNN forms.
  package var products = ProductKind.inner
  /// How many cross layers DCNv2 has.
  package var crossLayers = 3
  /// Widths of EdgeRec's recurrent states and of its embedding of an action's kind.
  package var recurrent = 18
  package var actionWidth = 4
  /// Tags of the items' genome vectors, 0 for a model without them.
  package var genomeWidth = 0
  /// The history sequences, in the order of `Batch.histories`.
  package var histories = [HistoryKind.positive]

  init(name: String) { self.name = name }

  /// The width of an encoded item: its own embedding and its categories' together.
  package var encodedItemWidth: Int { itemWidth + categoryWidth }

  /// The attention's hidden layers. Throws `ModelError.attentionLayers` unless there are two.
  func attentionWidths() throws(ModelError) -> (first: Int, second: Int) {
    guard attention.count == 2 else {
      throw .attentionLayers(model: name, layers: attention.count)
    }
    return (attention[0], attention[1])
  }

  /// Throws `ModelError.size` for a width or number that is too small for any model.
  func checkSizes() throws(ModelError) {
    let widths = [
      ("user_embedding", [userWidth]), ("item_embedding", [itemWidth]),
      ("category_embedding", [categoryWidth]), ("attention", attention), ("hidden", hidden),
      ("gru", [recurrent]), ("action_embedding", [actionWidth]),
    ]
    for (setting, sizes) in widths {
      for size in sizes where size < 1 {
        throw .size(model: name, setting: setting, size: size, minimum: 1)
      }
    }
    for (setting, size) in [("cross_layers", crossLayers), ("genome", genomeWidth)] where size < 0 {
      throw .size(model: name, setting: setting, size: size, minimum: 0)
    }
  }
}
