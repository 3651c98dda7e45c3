/// A click-through-rate model: one logit per sample.
///
/// A model is composed of layers in its initialiser, which registers every weight and table in `layout`;
/// weights themselves live in the caller's flat blocks and reach the layers through the pass.
public protocol Model: AnyObject {
  static var name: String { get }
  var layout: ModelLayout { get }

  /// The logits [B x 1]; valid until the pass's arena is reset. Throws what the pass's reducer throws.
  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix

  /// Adds the gradients of weights and local tables, given the loss's gradient at the logits [B x 1].
  /// Follows a `forward` of the same batch.
  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws
}

/// The models by their names.
public enum ModelRegistry {
  private static let entries: [(name: String, make: @Sendable (ModelConfiguration) -> any Model)] = [
    (LR.name, { LR($0) }),
    (DIN.name, { DIN($0) }),
  ]

  public static var names: [String] { entries.map(\.name) }

  /// The model that `configuration` names, or nil if there is none of that name.
  public static func make(_ configuration: ModelConfiguration) -> (any Model)? {
    _ = MatrixMultiply.singleThreaded
    return entries.first { $0.name == configuration.name }?.make(configuration)
  }
}
