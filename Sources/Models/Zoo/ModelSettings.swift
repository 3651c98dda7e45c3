/// Which settings of a job a model reads, and what it asks of them.
public struct ModelSettings: Sendable {
  /// Embedding sizes; without them every feature value has one weight.
  public var embeddings = true
  /// Hidden layers and input of the attention.
  public var attention = false
  /// Hidden layers of the perceptron.
  public var hidden = false
  /// Which products of fields are formed.
  public var products = false
  public var crossLayers = false
  /// Whether the user's embedding is as wide as an item's and its category's together, because fields are
  /// multiplied.
  public var alignsFields = false
  /// Width of the recurrent states and of the embedding of an action's kind.
  public var recurrent = false
  /// The only history sequences that the model works on; nil for a model that takes any.
  public var histories: [String]?
}
