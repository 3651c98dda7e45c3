/// Sums values over all virtual shards, of this rank and of all others.
public protocol ShardReducer: AnyObject {
  /// `values` [shards of this rank x count]: on return the first `count` hold the sums over every shard
  /// of every rank, the same bits on each, for any number of ranks.
  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws
}

/// Everything that one forward and backward pass works on, apart from the batch: weights, where their
/// gradients go, scratch memory and how normalisations behave.
public final class Pass {
  public enum Normalization: Sendable {
    /// Statistics of the whole batch over all ranks; moving statistics are updated (cloud training).
    case batch
    /// Moving statistics, which stay as they are (fine-tuning and evaluation).
    case moving
  }

  public let arena: Arena
  public var normalization: Normalization
  /// Flat blocks in the order of the model's layout.
  public var parameters: UnsafeMutablePointer<Float>
  public var statistics: UnsafeMutablePointer<Float>
  /// [shards x gradientStride], of which a shard's first `parameterCount` are the weights'; layers add to
  /// them.
  public var gradients: UnsafeMutablePointer<Float>
  public let gradientStride: Int
  public var submodel: Submodel
  /// Needed for `.batch` only.
  public var reducer: (any ShardReducer)?

  public init(
    layout: ModelLayout, arena: Arena, normalization: Normalization,
    parameters: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, gradientStride: Int? = nil, submodel: Submodel = .empty,
    reducer: (any ShardReducer)? = nil
  ) {
    self.arena = arena
    self.normalization = normalization
    self.parameters = parameters
    self.statistics = statistics
    self.gradients = gradients
    self.gradientStride = gradientStride ?? layout.parameterCount
    self.submodel = submodel
    self.reducer = reducer
  }

  /// Shard `shard`'s gradient of the weight at `offset`.
  func gradient(shard: Int, offset: Int) -> UnsafeMutablePointer<Float> {
    gradients + shard * gradientStride + offset
  }
}
