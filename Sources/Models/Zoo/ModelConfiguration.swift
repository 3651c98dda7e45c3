/// The part of a job that says which model to build. Defaults are the reference implementation's sizes.
public struct ModelConfiguration: Sendable, Equatable {
  /// The registered name, for example `DIN`.
  public var name: String
  public var userWidth = 9
  public var itemWidth = 9
  public var categoryWidth = 9
  /// Hidden layers of the attention, and what its first one sees.
  public var attention = [80, 40]
  public var attentionInput = AttentionInput.concatenated
  /// Hidden layers of the perceptron that ends in the logit.
  public var hidden = [200, 80]
  /// PNN's products of fields.
  public var products = ProductKind.inner
  /// DCNv2's crossings.
  public var crossLayers = 3
  /// Width of EdgeRec's recurrent states, and of the embedding of an action's kind.
  public var recurrent = 18
  public var actionWidth = 4
  /// Tags of the items' genome vectors, 0 for a model without them.
  public var genomeWidth = 0
  /// Names of the history sequences, in the order of `Batch.histories`.
  public var histories = ["positive"]

  /// The model of this name with its default sizes.
  public init(name: String) {
    self.name = name
    guard let settings = ModelRegistry.settings(name) else { return }
    if settings.alignsFields { userWidth = itemWidth + categoryWidth }
    if let own = settings.histories { histories = own }
  }
}
