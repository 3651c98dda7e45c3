/// A click-through-rate model: one logit per sample.
///
/// A model is composed of layers in its initialiser, which registers every weight and table in `layout`. The
/// weights themselves live in the caller's flat blocks and reach the layers through the pass.
package protocol Model: AnyObject {
  static var name: String { get }
  static var settings: ModelSettings { get }
  var layout: ModelLayout { get }

  /// Throws what the configuration cannot be for this model.
  init(_ configuration: ModelConfiguration) throws(ModelError)

  /// The logits [B x 1]; valid until the pass's arena is reset. Throws what the pass's reducer throws.
  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix

  /// Adds the gradients of weights and local tables, given the loss's gradient at the logits [B x 1], or, with
  /// `Pass.sums`, 1 for each. Must follow a `forward` of the same batch. Throws what the pass's reducer throws.
  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws
}
