/// A click-through-rate model: one logit per sample.
///
/// A model is composed of layers in its initialiser, which registers every weight and table in `layout`;
/// weights themselves live in the caller's flat blocks and reach the layers through the pass.
package protocol Model: AnyObject {
  static var name: String { get }
  static var settings: ModelSettings { get }
  var layout: ModelLayout { get }

  init(_ configuration: ModelConfiguration)

  /// The logits [B x 1]; valid until the pass's arena is reset. Throws what the pass's reducer throws.
  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix

  /// Adds the gradients of weights and local tables, given the loss's gradient at the logits [B x 1].
  /// Follows a `forward` of the same batch.
  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws
}

/// The models by their names.
package enum ModelRegistry {
  private static var entries: [any Model.Type] {
    [
      LR.self,
      WideAndDeep.self,
      DeepFM.self,
      PNN.self,
      DIN.self,
      DCNv2.self,
      EdgeRec.self,
    ]
  }

  package static var names: [String] { entries.map { $0.name } }

  /// What the model of this name reads of a job, or nil if there is none of that name.
  package static func settings(_ name: String) -> ModelSettings? {
    entries.first { $0.name == name }?.settings
  }

  /// The model that `configuration` names, or nil if there is none of that name.
  package static func make(_ configuration: ModelConfiguration) -> (any Model)? {
    entries.first { $0.name == configuration.name }?.init(configuration)
  }
}
