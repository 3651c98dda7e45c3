import Models

/// A batch that is assembled shard by shard (`BatchAssembler.begin`).
struct BatchDraft: BitwiseCopyable {
  let samples: UnsafePointer<SampleReference>
  let partition: RowPartition
  /// [samples]
  let users: UnsafePointer<Int32>
  let candidates: UnsafePointer<Int32>
  let labels: UnsafePointer<Float>
  /// By history.
  let histories: UnsafePointer<HistoryDraft>
  /// [samples] room for sorting the windows of one shard's samples.
  let order: UnsafeMutablePointer<UInt64>
}

/// One history of such a batch.
struct HistoryDraft: BitwiseCopyable {
  /// [samples] where each window starts in the user's sequence, and how long it is.
  let windowStarts: UnsafePointer<Int>
  let lengths: UnsafePointer<Int32>
  /// [shards + 1]
  let pairOffsets: UnsafePointer<Int>
  /// Room for an entry of every pair; positions only where entries have features.
  let keys: UnsafeMutablePointer<Int32>
  let positions: UnsafeMutablePointer<Int>?
  /// [shards + 1] how many entries there are before each shard, as far as shards have been added.
  let keyOffsets: UnsafeMutablePointer<Int>
  /// [samples] the first entry of each.
  let starts: UnsafeMutablePointer<Int32>
}
