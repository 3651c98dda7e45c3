/// The samples of one pass, in the submodel's local ids. Nothing is padded: histories are ragged.
package struct Batch: BitwiseCopyable {
  /// Samples by virtual shard; B = `partition.count`.
  package var partition: RowPartition
  /// [B] local user rows.
  package var users: UnsafePointer<Int32>
  /// [B] local item rows of the candidates.
  package var candidates: UnsafePointer<Int32>
  /// [B]; corrected labels may lie outside [0, 1].
  package var labels: UnsafePointer<Float>
  /// One per history sequence of the model.
  package var histories: UnsafePointer<History>
  /// One per feature that is a field of its own, in the order of `ModelFeatures.fields`; nil for a model without any.
  package var fields: UnsafePointer<FeatureValues>?

  package init(
    partition: RowPartition, users: UnsafePointer<Int32>, candidates: UnsafePointer<Int32>,
    labels: UnsafePointer<Float>, histories: UnsafePointer<History>,
    fields: UnsafePointer<FeatureValues>? = nil
  ) {
    self.partition = partition
    self.users = users
    self.candidates = candidates
    self.labels = labels
    self.histories = histories
    self.fields = fields
  }
}

/// One history sequence of a batch. Histories of one user are windows of one sequence: an entry that
/// several samples share is stored, embedded and differentiated once.
package struct History: BitwiseCopyable {
  /// Distinct entries by virtual shard; K = `keyPartition.count`.
  package var keyPartition: RowPartition
  /// [K] local item rows.
  package var keys: UnsafePointer<Int32>
  /// [B] sample b's entries are `keys[starts[b] ..< starts[b] + lengths[b]]`.
  package var starts: UnsafePointer<Int32>
  package var lengths: UnsafePointer<Int32>
  /// Pairs of a sample with one of its entries, by virtual shard; P = sum of `lengths`.
  package var pairPartition: RowPartition
  /// What is known of the events, one per feature that joins the entries, in the order of
  /// `ModelFeatures.events(in:)`; nil where none does.
  package var events: UnsafePointer<FeatureValues>?

  package init(
    keyPartition: RowPartition, keys: UnsafePointer<Int32>, starts: UnsafePointer<Int32>,
    lengths: UnsafePointer<Int32>, pairPartition: RowPartition, events: UnsafePointer<FeatureValues>? = nil
  ) {
    self.keyPartition = keyPartition
    self.keys = keys
    self.starts = starts
    self.lengths = lengths
    self.pairPartition = pairPartition
    self.events = events
  }
}

extension History {
  /// Calls `body` with every pair of one of the first `samples` samples and one of its entries: the pair's
  /// index, the sample's and the entry's.
  @inline(__always)
  func forEachPair(samples: Int, _ body: (_ pair: Int, _ sample: Int, _ entry: Int) -> Void) {
    forEachPair(of: PairBlock(samples: 0..<samples, pairs: 0..<pairPartition.count), body)
  }
}
