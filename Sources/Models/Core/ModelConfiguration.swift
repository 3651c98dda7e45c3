/// The part of a job that says which model to build. Defaults are the reference implementation's sizes.
package struct ModelConfiguration: Sendable, Equatable {
  /// The registered name, for example `DIN`.
  package var name: String
  package var userWidth = 9
  package var itemWidth = 9
  package var categoryWidth = 9
  /// Hidden layers of the attention, and what its first one sees.
  package var attention = [80, 40]
  package var attentionInput = AttentionInput.concatenated
  /// Hidden layers of the perceptron that ends in the logit.
  package var hidden = [200, 80]
  /// PNN's products of fields.
  package var products = ProductKind.inner
  /// DCNv2's crossings.
  package var crossLayers = 3
  /// Width of EdgeRec's recurrent states, and of the embedding of an action's kind.
  package var recurrent = 18
  package var actionWidth = 4
  /// Tags of the items' genome vectors, 0 for a model without them.
  package var genomeWidth = 0
  /// Names of the history sequences, in the order of `Batch.histories`.
  package var histories = ["positive"]

  /// The model of this name with its default sizes.
  package init(name: String) {
    self.name = name
    guard let settings = ModelRegistry.settings(name) else { return }
    if settings.alignsFields { userWidth = itemWidth + categoryWidth }
    if let own = settings.histories { histories = own }
  }
}
