/// The samples of one pass, in the submodel's local ids. Nothing is padded: histories are ragged.
public struct Batch: BitwiseCopyable {
  /// Samples by virtual shard; B = `partition.count`.
  public var partition: RowPartition
  /// [B] local user rows.
  public var users: UnsafePointer<Int32>
  /// [B] local item rows of the candidates.
  public var candidates: UnsafePointer<Int32>
  /// [B]; corrected labels may lie outside [0, 1].
  public var labels: UnsafePointer<Float>
  /// One per history sequence of the model.
  public var histories: UnsafePointer<History>
  /// [B x genome width] the candidates' tag genomes, scaled to unit length; nil for a model without them.
  public var genomes: UnsafeMutablePointer<Float>?

  public init(
    partition: RowPartition, users: UnsafePointer<Int32>, candidates: UnsafePointer<Int32>,
    labels: UnsafePointer<Float>, histories: UnsafePointer<History>,
    genomes: UnsafeMutablePointer<Float>? = nil
  ) {
    self.partition = partition
    self.users = users
    self.candidates = candidates
    self.labels = labels
    self.histories = histories
    self.genomes = genomes
  }
}

/// One history sequence of a batch. Histories of one user are windows of one sequence: an entry that
/// several samples share is stored, embedded and differentiated once.
public struct History: BitwiseCopyable {
  /// Distinct entries by virtual shard; K = `keyPartition.count`.
  public var keyPartition: RowPartition
  /// [K] local item rows.
  public var keys: UnsafePointer<Int32>
  /// [B] sample b's entries are `keys[starts[b] ..< starts[b] + lengths[b]]`.
  public var starts: UnsafePointer<Int32>
  public var lengths: UnsafePointer<Int32>
  /// Pairs of a sample with one of its entries, by virtual shard; P = sum of `lengths`.
  public var pairPartition: RowPartition
  /// [K] the code of the user's action at each entry, 1 click, 2 cart, 3 favourite, 4 buy; nil for histories
  /// that are not made of actions.
  public var actions: UnsafePointer<UInt8>?

  public init(
    keyPartition: RowPartition, keys: UnsafePointer<Int32>, starts: UnsafePointer<Int32>,
    lengths: UnsafePointer<Int32>, pairPartition: RowPartition, actions: UnsafePointer<UInt8>? = nil
  ) {
    self.keyPartition = keyPartition
    self.keys = keys
    self.starts = starts
    self.lengths = lengths
    self.pairPartition = pairPartition
    self.actions = actions
  }
}

extension History {
  /// How many codes `actions` may hold.
  public static let actionKinds = 5

  /// Calls `body` with every pair of one of the first `samples` samples and one of its entries: the pair's
  /// index, the sample's and the entry's.
  @inline(__always)
  func forEachPair(samples: Int, _ body: (_ pair: Int, _ sample: Int, _ entry: Int) -> Void) {
    var pair = 0
    for sample in 0..<samples {
      let start = Int(starts[sample])
      for entry in start..<start + Int(lengths[sample]) {
        body(pair, sample, entry)
        pair += 1
      }
    }
  }
}
