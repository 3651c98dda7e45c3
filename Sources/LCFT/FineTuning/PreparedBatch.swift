import Models

/// A batch in local ids, with the samples' own labels.
struct PreparedBatch: BitwiseCopyable {
  var batch: Batch
  /// Where each sample of the batch stands among those that the pass takes here; nil: in the same order.
  var places: UnsafePointer<Int32>?
  /// What `UserWeights.step` takes.
  var touched: UnsafePointer<UnsafeBufferPointer<Int32>>?
}

/// The batches of one pass over one user's samples, which lie in the user's arena.
struct PreparedPass: BitwiseCopyable {
  var samples: UnsafeMutableBufferPointer<SampleReference>
  /// -1 for scoring.
  var epoch: Int
  var size: Int
  var batches: UnsafeMutablePointer<PreparedBatch>?

  func isSame(as other: PreparedPass) -> Bool {
    samples.baseAddress == other.samples.baseAddress && samples.count == other.samples.count
      && epoch == other.epoch && size == other.size
  }
}
