import IO

/// The users of a data set cut into virtual shards: contiguous runs of whole blocks of users (`UserBlocks`)
/// with nearly equal numbers of training samples, the same on every rank and for every number of ranks.
///
/// Shard s of V ends, and shard s + 1 begins, at the block boundary whose cumulative training samples come
/// nearest to N (s + 1) / V, N being the samples of all users; of boundaries that come equally near, the
/// first. The last shard ends with the last user. Boundaries never fall; where two shards' are the same, as
/// with fewer blocks than shards, the shard between them is empty.
package struct UserShards: Sendable {
  /// [shards] the users of each shard, by row.
  package let users: [Range<Int>]
  /// [shards] training samples of each shard.
  package let sampleCounts: [Int]

  package init(dataset: Dataset, shards: Int) {
    self.init(
      trainOffsets: UnsafeBufferPointer(dataset.train.offsets.values), blocks: dataset.blocks,
      shards: shards)
  }

  /// `trainOffsets` is [users + 1]: how many training samples come before each user's.
  package init(trainOffsets: UnsafeBufferPointer<Int64>, blocks: UserBlocks, shards: Int) {
    precondition(shards > 0, "there is at least one shard")
    func samples(before user: Int) -> Int { Int(trainOffsets[user]) }
    func samples(beforeBlock block: Int) -> Int {
      samples(before: blocks.users(ofBlocks: 0..<block).upperBound)
    }
    let total = samples(before: blocks.users)
    var boundaries = [0]
    var block = 0
    for shard in 1..<shards {
      // In units of 1 / V of a sample.
      let target = total * shard
      func distance(_ block: Int) -> Int { abs(samples(beforeBlock: block) * shards - target) }
      // Boundaries without a sample between them are equally near: only a nearer one further on is better.
      var next = block + 1
      while next <= blocks.count, samples(beforeBlock: next - 1) * shards < target {
        if distance(next) < distance(block) { block = next }
        next += 1
      }
      boundaries.append(blocks.users(ofBlocks: 0..<block).upperBound)
    }
    boundaries.append(blocks.users)
    users = zip(boundaries, boundaries.dropFirst()).map { $0..<$1 }
    sampleCounts = users.map { samples(before: $0.upperBound) - samples(before: $0.lowerBound) }
  }

  /// Training samples of all shards.
  package var sampleCount: Int { sampleCounts.reduce(0, +) }

  /// The users of consecutive shards, by row.
  package func users(ofShards shards: Range<Int>) -> Range<Int> {
    guard let first = shards.first, let last = shards.last else { return 0..<0 }
    return users[first].lowerBound..<users[last].upperBound
  }
}
