/// The part of a job that says which model to build. Defaults are the reference implementation's sizes;
/// `ModelRegistry.configuration` adds those that depend on the model.
package struct ModelConfiguration: Sendable, Equatable {
  /// The registered name, for example `DIN`.
  package var name: String
  /// Width of users' embeddings, 0 for a model without them; nil: the model's own (`resolvedUserWidth`).
  package var userWidth: Int?
  package var itemWidth = 9
  /// Width of the embeddings of the items' feature `category`, and of those of other features where `featureWidth` is
  /// nil.
  package var categoryWidth = 9
  package var featureWidth: Int?
  /// Widths of the attention's two hidden layers, and what the first one sees.
  package var attention = [80, 40]
  package var attentionInput = AttentionInput.concatenated
  package var attentionActivation = Activation.sigmoid
  /// Whether DIN sees the sum of a history's entries beside the attention's weighted sum.
  package var historySum = true
  /// Widths of the hidden layers of the perceptron that ends in the logit.
  package var hidden = [200, 80]
  /// What follows each of them; nil: the model's own.
  package var activation: Activation?
  /// Whether batch normalisation stands between each hidden layer of that perceptron and its activation.
  package var batchNormalization = false
  /// Whether the perceptron's inputs, with products of fields beside them, are normalised.
  package var inputNormalization = true
  /// Which products of fields PNN forms.
  package var products = ProductKind.inner
  /// How many cross layers DCNv2 has.
  package var crossLayers = 3
  /// Width of EdgeRec's recurrent states.
  package var recurrent = 18
  /// Width of the embeddings of the events' feature `action`.
  package var actionWidth = 4
  /// What the model takes from the data set besides users, items and histories.
  package var features = ModelFeatures()
  /// The history sequences, in the order of `Batch.histories`.
  package var histories = [HistoryKind.positive]

  init(name: String) { self.name = name }

  /// The width of users' embeddings in a model that takes any, 0 for none.
  var resolvedUserWidth: Int { userWidth ?? ModelConfiguration.usualUserWidth }
  package static let usualUserWidth = 9

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
      ("item_embedding", [itemWidth]), ("category_embedding", [categoryWidth]),
      ("feature_embedding", [featureWidth ?? 1] + features.all.compactMap(\.width)),
      ("attention", attention), ("hidden", hidden), ("gru", [recurrent]), ("action_embedding", [actionWidth]),
    ]
    for (setting, sizes) in widths {
      for size in sizes where size < 1 {
        throw .size(model: name, setting: setting, size: size, minimum: 1)
      }
    }
    for (setting, size) in [("cross_layers", crossLayers), ("user_embedding", userWidth ?? 0)] where size < 0
    {
      throw .size(model: name, setting: setting, size: size, minimum: 0)
    }
  }
}
