/// Sums values over all virtual shards, of this rank and of all others.
package protocol ShardReducer: AnyObject {
  /// `values` [shards of this rank x count]: on return the first `count` hold the sums over every shard
  /// of every rank, the same bits on each, for any number of ranks.
  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws
}

/// Everything that one forward and backward pass works on, apart from the batch: weights, where their
/// gradients go, scratch memory and how normalisations behave.
package final class Pass {
  package enum Normalization: Sendable {
    /// By the statistics of the whole batch over all ranks; moving statistics are updated (cloud training).
    case batch
    /// By the moving statistics, which stay as they are (fine-tuning and evaluation).
    case moving
  }

  package let arena: Arena
  package var normalization: Normalization
  /// Flat blocks in the order of the model's layout.
  package var parameters: UnsafeMutablePointer<Float>
  package var statistics: UnsafeMutablePointer<Float>
  /// [shards x gradientStride]: the first `parameterCount` values of a shard are its gradients of the weights;
  /// layers add to them.
  package var gradients: UnsafeMutablePointer<Float>
  package let gradientStride: Int
  package var submodel: Submodel
  /// Needed only for `.batch`.
  package var reducer: (any ShardReducer)?
  /// The share of themselves that moving statistics keep in a `.batch` pass.
  package var keptStatistics = MovingAverage().kept(step: 1)
  /// What hidden layers drop; nil: nothing.
  package var dropout: DropoutDraw?
  /// Keeps transposed weights while `parameters` stay as they are; nil: each backward pass transposes them.
  package var transposes: TransposedWeights?
  /// How layers add gradients over the shards; nil: every shard's go to its own place.
  package var joins: ShardJoins?
  /// Takes gradients of weights that nothing in the pass needs; nil: they are added at once.
  package var deferred: DeferredGradients?
  /// The sums that a backward pass makes, whose batch is one shard, dlogits are 1 and normalisation is `.moving`, as batch
  /// statistics tie samples together. Gradients of weights that their layers sum (`Parameter.addsShards`) are overwritten,
  /// others added to. nil: one for each shard, into `gradients` and the tables' own.
  package var sums: UnsafeBufferPointer<GradientSum>?

  package init(
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
    assert(shard >= 0 && offset >= 0 && offset < gradientStride, "the weight is in the block")
    return gradients + shard * gradientStride + offset
  }

  /// Shard `shard`'s gradient of the weight [rows x columns] at `offset`.
  func gradient(shard: Int, offset: Int, rows: Int, columns: Int) -> MutableMatrixView {
    MutableMatrixView(gradient(shard: shard, offset: offset), rows: rows, columns: columns)
  }

  /// The weight [rows x columns] at `offset`.
  func weight(offset: Int, rows: Int, columns: Int) -> MatrixView {
    MatrixView(parameters + offset, rows: rows, columns: columns)
  }
}
