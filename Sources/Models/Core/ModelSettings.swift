/// Which settings of a job a model reads, and what it asks of them.
package struct ModelSettings: Sendable {
  /// Embedding sizes; without them every feature value has one weight.
  package var embeddings = true
  /// Hidden layers and input of the attention.
  package var attention = false
  /// Hidden layers of the perceptron.
  package var hidden = false
  /// Which products of fields are formed.
  package var products = false
  package var crossLayers = false
  /// Whether the user's embedding is as wide as an item's and its category's together, because fields are
  /// multiplied.
  package var alignsFields = false
  /// Width of the recurrent states and of the embedding of an action's kind.
  package var recurrent = false
  /// The only history sequences that the model works on; nil for a model that takes any.
  package var histories: [String]?
}
