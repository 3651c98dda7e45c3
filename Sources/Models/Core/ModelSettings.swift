/// What a model declares: which settings of a job it reads, and what it asks of them. A job for the model may
/// hold these settings and no others; `ModelRegistry` checks that the model does what it declares.
package struct ModelSettings: Sendable {
  /// Embedding sizes; without them every feature value has one weight.
  package var embeddings: Bool
  /// Hidden layers, their activation, and input of the attention.
  package var attention: Bool
  /// Whether sums of histories stand beside what the attention makes of them.
  package var historySum: Bool
  /// Hidden layers of the perceptron, their activation, and whether they and its inputs are normalised.
  package var hidden: Bool
  /// Which products of fields are formed.
  package var products: Bool
  /// The number of cross layers.
  package var crossLayers: Bool
  /// Whether all fields must be as wide as an encoded item, because they are multiplied.
  package var alignsFields: Bool
  /// Width of the recurrent states.
  package var recurrent: Bool
  /// The only history sequences that the model works on; nil for a model that takes any.
  package var histories: [HistoryKind]?

  package init(
    embeddings: Bool = true, attention: Bool = false, historySum: Bool = false, hidden: Bool = false,
    products: Bool = false, crossLayers: Bool = false, alignsFields: Bool = false, recurrent: Bool = false,
    histories: [HistoryKind]? = nil
  ) {
    self.embeddings = embeddings
    self.attention = attention
    self.historySum = historySum
    self.hidden = hidden
    self.products = products
    self.crossLayers = crossLayers
    self.alignsFields = alignsFields
    self.recurrent = recurrent
    self.histories = histories
  }
}
